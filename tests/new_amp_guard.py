"""An Amp Guard out of its box: its own Wi-Fi first, then the property's network."""

import asyncio
from itertools import count

from custom_components.amp_guard.model import PhaseValues
from simulator.devices.amp_guard import AmpGuard, AmpGuardSettings
from simulator.devices.amp_guard_page import ADDRESS, AmpGuardPage, PageSettings
from simulator.devices.announcement import Announcement, ask_for_address

from .network import Neighbourhood

JOINING_TIME = 0.5
"""s from its page's answer until it is on the property's network."""
ASKS_AGAIN_AFTER = 4.0
"""s. What a DHCP client waits for an answer [RFC 2131]; nobody here has one."""


class NewAmpGuard:
    """The device in its network namespace: its page, then its LAN interface.

    `mdns` and `dhcp` say by what it makes itself known. Its first sample is ready
    `warm_up` s after it was switched on.
    """

    def __init__(
        self,
        network: Neighbourhood,
        page: PageSettings,
        meter: AmpGuardSettings,
        *,
        mdns: bool = False,
        dhcp: bool = False,
        warm_up: float = 0.0,
    ) -> None:
        self.page = AmpGuardPage(page)
        self.meter = AmpGuard(meter)
        self.is_on_lan = asyncio.Event()
        self._network = network
        self._mdns = mdns
        self._dhcp = dhcp
        self._warm_up = warm_up
        self._announcement: Announcement | None = None
        self._asking: asyncio.Task[None] | None = None
        self._lives: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Be switched on: its page is there."""
        await self.page.serve(self._network.device.listen(ADDRESS))
        for life in (self._be_set_up(), self._measure()):
            self._lives.append(asyncio.create_task(life))

    async def stop(self) -> None:
        for life in self._lives:
            life.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
        await self.page.stop()
        await self._leave_lan()

    async def _be_set_up(self) -> None:
        await self.page.joined.wait()
        await asyncio.sleep(JOINING_TIME)
        await self.page.stop()
        self._network.leave_wifi()
        await self._join_lan(self._network.METER_HOST)

    async def _measure(self) -> None:
        await asyncio.sleep(self._warm_up)
        interval = self.meter.settings.sample_interval
        for number in count(1):
            self.meter.observe(PhaseValues(1.0, 2.0, 3.0), number * interval)
            await asyncio.sleep(interval)

    async def move(self, host: str) -> None:
        """Have another address from now on."""
        await self._leave_lan()
        await self._join_lan(host)

    async def _join_lan(self, host: str) -> None:
        settings = self.meter.settings
        self._network.join_lan(host, settings.mac)
        await self.meter.serve(self._network.device.listen(host))
        if self._dhcp:
            self._asking = asyncio.create_task(self._ask_for(host))
        if self._mdns:
            with self._network.device.entered():
                self._announcement = Announcement(settings, host)
            await self._announcement.start()
        self.is_on_lan.set()

    async def _ask_for(self, host: str) -> None:
        while True:
            with self._network.device.entered():
                ask_for_address(self.meter.settings, host, "lan")
            await asyncio.sleep(ASKS_AGAIN_AFTER)

    async def _leave_lan(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
        if self._announcement is not None:
            await self._announcement.stop()
        await self.meter.stop()
        self._network.leave_lan()
