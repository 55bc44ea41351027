"""The site of real time: each device in a network of its own, to be cut off from."""

import asyncio
from dataclasses import replace
from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import PhaseValues
from demo.network import Namespace
from simulator.car import CarModel
from simulator.charger import ChargerModel
from simulator.devices import Device, Handler
from simulator.devices.charger import ChargerDevice
from simulator.devices.lektrico import Lektrico
from simulator.devices.nrgkick import NRGkick
from simulator.house import House, constant
from simulator.scenario import Arrival, Scenario, evening
from simulator.site import Addresses, Site

from .kinds import ChargerFault

QUIET = PhaseValues(2.0, 2.0, 2.0)
LATE = 8.0
"""s that one that is late takes."""
HOME_HOST = "192.168.{}.1"
DEVICE_HOST = "192.168.{}.2"
FIRST_NET = 71


class Cable:
    """A device's network, and the cable to Home Assistant's."""

    def __init__(self, home: Namespace, number: int) -> None:
        """Lay it."""
        self._home, self._device = home, Namespace()
        self._link = f"cable{number}"
        self.home_host = HOME_HOST.format(FIRST_NET + number)
        self.host = DEVICE_HOST.format(FIRST_NET + number)
        home.connect(self._link, self._device, "lan")
        home.ip(f"address add {self.home_host}/30 dev {self._link}")
        home.ip(f"link set {self._link} up")
        self._device.ip(f"address add {self.host}/30 dev lan")
        self._device.ip("link set lan up")

    async def serve(self, device: Device) -> None:
        """Put a device at its end."""
        await device.serve(self._device.listen(self.host))

    def cut(self) -> None:
        """Let nothing pass, either way."""
        self._home.ip(f"link set {self._link} down")

    def cut_towards_device(self) -> None:
        """Let nothing pass to the device."""
        self._home.ip(f"route add blackhole {self.host}/32")

    def cut_towards_home(self) -> None:
        """Let nothing pass from the device."""
        self._device.ip(f"route add blackhole {self.home_host}/32")

    def mend(self) -> None:
        """Let all pass again."""
        self._home.ip(f"link set {self._link} up")
        for network in (self._home, self._device):
            network.ip("route flush type blackhole")

    def close(self) -> None:
        """Take it away."""
        self._device.close()


class FaultyDevice(ChargerDevice):
    """Answers late, wrongly, or not at all, as `fault` says now; beside a real one."""

    _over = asyncio.Event()
    _fault: ChargerFault | None = None

    @property
    def fault(self) -> ChargerFault | None:
        """What is wrong with it now."""
        return self._fault

    @fault.setter
    def fault(self, fault: ChargerFault | None) -> None:
        self._fault = fault
        self._over.set()
        self._over = asyncio.Event()

    def application(self) -> web.Application:
        """Return what it serves, through its fault."""
        application = super().application()  # type: ignore[safe-super] # the other's
        application.middlewares.insert(0, self._break)
        return application

    @web.middleware
    async def _break(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        tells = request.method == "POST" or (
            request.path == "/control" and bool(request.query)
        )
        fault = self.fault
        if fault is ChargerFault.REBOOTING:
            if request.transport is not None:
                request.transport.abort()
            raise web.HTTPServiceUnavailable
        if fault is ChargerFault.SILENT and not tells:
            await self._over.wait()
        if not tells or fault is None:
            return await handler(request)
        if fault is ChargerFault.REFUSING:
            raise web.HTTPInternalServerError
        if fault is ChargerFault.HANGING:
            await self._over.wait()
            raise web.HTTPServiceUnavailable  # whoever asked is gone
        if fault is ChargerFault.LATE:
            await request.read()  # whoever asked may be gone by then
            await asyncio.sleep(LATE)
        held = self.charger.limit
        answer = await handler(request)
        if fault is ChargerFault.LIES_OF_LIMIT:
            self.charger.set_limit(held, self.now)
        return answer


class FaultyLektrico(FaultyDevice, Lektrico):
    """One that is polled each 10 s."""


class FaultyNRGkick(FaultyDevice, NRGkick):
    """One that is polled each 30 s."""


class RealSite(Site):
    """Two chargers and a meter, each at the end of a cable."""

    def __init__(self, home: Namespace) -> None:
        """Lay the cables; nothing is served yet."""
        super().__init__(_scenario(), Addresses())
        self.cables = {
            name: Cable(home, number)
            for number, name in enumerate(("meter", *self.world.chargers))
        }
        self.devices: dict[str, FaultyDevice] = {}
        self.errands: list[asyncio.Task[Any]] = []
        """What Home Assistant was asked, and will answer when it can."""

    async def start(self) -> None:
        """Put all devices on their networks."""
        await self.judge.start("127.0.0.1", 0)
        await self.cables["meter"].serve(self.amp_guard)
        garage, carport = self.world.chargers.values()
        self.devices = {
            "garage": FaultyLektrico(garage),
            "carport": FaultyNRGkick(carport),
        }
        for name, device in self.devices.items():
            await self.cables[name].serve(device)
            self.chargers[name] = device
        self.judge.addresses = self._describe_devices()

    async def stop(self) -> None:
        """Take all away."""
        for errand in self.errands:
            errand.cancel()
        await super().stop()
        for cable in self.cables.values():
            cable.close()


def _scenario() -> Scenario:
    """Return two eager cars in a quiet house."""
    car = CarModel(energy_wh=1e6, start_delay=2.0, one_phase_first=0.0, raise_delay=1.0)
    names = ("garage", "carport")
    return replace(
        evening(),
        name="faults",
        house=House(constant(QUIET)),
        chargers=tuple(ChargerModel(id=each, limit=6.0) for each in names),
        arrivals=tuple(Arrival(time=1.0, charger=each, car=car) for each in names),
    )
