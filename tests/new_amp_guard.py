"""An Amp Guard out of its box: its own Wi-Fi first, then the property's network."""

import asyncio
from contextlib import suppress

from custom_components.amp_guard.model import PhaseValues
from simulator.devices.amp_guard import AmpGuard, AmpGuardSettings
from simulator.devices.amp_guard_page import ADDRESS, AmpGuardPage, PageSettings
from simulator.devices.announcement import Announcement

from .network import Neighbourhood

JOINING_TIME = 0.5
"""s from its page's answer until it is on the property's network."""
SAMPLE_INTERVAL = 1.0
"""s"""


class NewAmpGuard:
    """The device in its network namespace: its page, then its LAN interface."""

    def __init__(
        self,
        network: Neighbourhood,
        page: PageSettings,
        meter: AmpGuardSettings,
        *,
        is_announced: bool = False,
    ) -> None:
        self.page = AmpGuardPage(page)
        self.meter = AmpGuard(meter)
        self.is_on_lan = asyncio.Event()
        self._network = network
        self._is_announced = is_announced
        self._announcement: Announcement | None = None
        self._life: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Be switched on: its page is there."""
        await self.page.serve(self._network.device.listen(ADDRESS))
        self._life = asyncio.create_task(self._live())

    async def stop(self) -> None:
        if self._life is not None:
            self._life.cancel()
            with suppress(asyncio.CancelledError):
                await self._life
        await self.page.stop()
        await self.leave_lan()

    async def _live(self) -> None:
        await self.page.joined.wait()
        await asyncio.sleep(JOINING_TIME)
        await self.page.stop()
        self._network.leave_wifi()
        await self.join_lan()
        now = 0.0
        while True:
            now += SAMPLE_INTERVAL
            self.meter.observe(PhaseValues(1.0, 2.0, 3.0), now)
            await asyncio.sleep(SAMPLE_INTERVAL)

    async def join_lan(self) -> None:
        """Be on the property's network."""
        host = self._network.METER_HOST
        self._network.join_lan()
        await self.meter.serve(self._network.device.listen(host))
        if self._is_announced:
            with self._network.device.entered():
                self._announcement = Announcement(self.meter.settings, host, 80)
            await self._announcement.start()
        self.is_on_lan.set()

    async def leave_lan(self) -> None:
        """Be gone from it."""
        if self._announcement is not None:
            await self._announcement.stop()
        await self.meter.stop()
