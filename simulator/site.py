"""The site in real time: the physics, its devices on the network, and the judge."""

import asyncio
from collections import deque
from dataclasses import dataclass
from errno import EACCES, EADDRNOTAVAIL, EPERM
from typing import Any

from .car import Car
from .charger import ChargerModel
from .devices import HTTP_PORT
from .devices.amp_guard import AmpGuard
from .devices.charger import ChargerDevice
from .devices.nrgkick import NRGkick
from .devices.peblar import Peblar
from .judge import Judge
from .scenario import Scenario
from .world import World

STEPS_PER_SECOND = 10
"""Of the site's time: how often the devices see the physics."""

CANNOT_SERVE_PORT_80 = {EACCES, EPERM, EADDRNOTAVAIL}
"""Only the administrator may, or the loopback network has one address only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """Where the site's devices are found.

    `host` has the judge at `port_base`, the Amp Guard at the next port, then the
    chargers; with `port_base` 0 each takes a free port. Peblar's client library knows
    port 80 only, so it has a host of its own.
    """

    host: str = "127.0.0.1"
    port_base: int = 8400
    peblar_host: str = "127.0.0.80"
    peblar_port: int = HTTP_PORT

    def port(self, device: int) -> int:
        """Return the port of a device by its place in the order."""
        return self.port_base + device if self.port_base else 0


class Site:
    """A scenario that is lived through, `speed` times as fast as the clock."""

    def __init__(
        self, scenario: Scenario, addresses: Addresses, *, speed: float = 1.0
    ) -> None:
        """Build the site; nothing is served and no time passes yet."""
        self.world = World(scenario.house, scenario.chargers, scenario.supply)
        self.amp_guard = AmpGuard()
        self.chargers: dict[str, ChargerDevice] = {}
        """The devices on the network, by the ids of the scenario's chargers."""
        self.judge = Judge(scenario, self.world)
        self.speed = speed
        """What the next `run` goes by."""
        self._addresses = addresses
        self._arrivals = deque(sorted(scenario.arrivals, key=lambda each: each.time))
        self._steps = 0

    async def start(self) -> None:
        """Put all devices on the network; `OSError` where an address is taken."""
        addresses = self._addresses
        try:
            await self.judge.start(addresses.host, addresses.port(0))
            await self.amp_guard.start(addresses.host, addresses.port(1))
            for number, charger in enumerate(self.world.chargers.values(), start=1):
                self.chargers[charger.id] = await self.start_charger(number, charger)
        except OSError:
            await self.stop()
            raise
        self.judge.addresses = self._describe_devices()

    async def start_charger(self, number: int, charger: ChargerModel) -> ChargerDevice:
        """Put the charger that is the `number`th on the network.

        It is a Peblar as the first, where port 80 can be served; else an NRGkick.
        """
        if number == 1:
            peblar = Peblar(charger)
            try:
                await peblar.start(
                    self._addresses.peblar_host, self._addresses.peblar_port
                )
            except OSError as error:
                if error.errno not in CANNOT_SERVE_PORT_80:
                    raise
            else:
                return peblar
        nrgkick = NRGkick(
            charger,
            serial_number=f"NRG{number:07}",
            mac_address=f"02:00:00:00:02:{number:02x}",
        )
        await nrgkick.start(self._addresses.host, self._addresses.port(number + 1))
        return nrgkick

    async def stop(self) -> None:
        """Take all devices off the network."""
        for device in (*self.chargers.values(), self.amp_guard, self.judge):
            await device.stop()

    async def run(self, seconds: float | None = None) -> None:
        """Live through `seconds` of the site's time, or until cancelled."""
        clock = asyncio.get_running_loop().time
        first = self._steps
        last = None if seconds is None else first + round(seconds * STEPS_PER_SECOND)
        begin = clock()
        while last is None or self._steps < last:
            self._step()
            pace = (self._steps - first) / STEPS_PER_SECOND / self.speed
            await asyncio.sleep(begin + pace - clock())

    def _step(self) -> None:
        self._steps += 1
        now = self._steps / STEPS_PER_SECOND
        self.world.advance(now)
        while self._arrivals and self._arrivals[0].time <= now:
            arrival = self._arrivals.popleft()
            self.world.plug_in(
                arrival.charger, Car(arrival.car, car_id=f"{arrival.charger} car")
            )
        self.amp_guard.observe(self.world.measured_current(), now)
        for device in self.chargers.values():
            device.observe(now)
        if self._steps % STEPS_PER_SECOND == 0:
            self.judge.note()

    def _describe_devices(self) -> dict[str, Any]:
        """Return what a user needs to add each device to Home Assistant."""
        settings = self.amp_guard.settings
        return {
            "amp_guard": {
                "host": self.amp_guard.address,
                "pin": settings.pin,
                "serial_number": settings.serial_number,
            },
            "chargers": [
                {
                    "id": name,
                    "integration": device.integration,
                    "flow_input": device.flow_input,
                    "serial_number": device.serial_number,
                    "wiring": [phase.name for phase in device.charger.wiring],
                }
                for name, device in self.chargers.items()
            ],
        }
