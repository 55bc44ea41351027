"""The judge: figures and a time series from the physics alone, read only."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import SUPPLY_ID, PhaseValues

from .devices import Device
from .record import Overload
from .scenario import Scenario
from .world import World


class Judge(Device):
    """Writes down each second what flows, and tells it to whoever asks."""

    def __init__(self, scenario: Scenario, world: World) -> None:
        """Watch `world`."""
        super().__init__()
        self.addresses: dict[str, Any] = {}
        """Where the devices are found and what opens them."""
        self._scenario = scenario
        self._world = world
        self._times: list[float] = []
        self._supply: list[PhaseValues] = []
        self._house: list[PhaseValues] = []
        self._drawn: dict[str, list[PhaseValues]] = {
            each: [] for each in world.chargers
        }
        self._limits: dict[str, list[float]] = {each: [] for each in world.chargers}

    def note(self) -> None:
        """Write down what flows now."""
        world = self._world
        self._times.append(world.now)
        self._supply.append(_rounded(world.supply_current))
        self._house.append(_rounded(world.house.current_at(world.now)))
        for charger in world.chargers.values():
            self._drawn[charger.id].append(_rounded(charger.load))
            self._limits[charger.id].append(round(charger.limit, 3))

    @property
    def figures(self) -> dict[str, Any]:
        """What happened, in a few numbers: A, s, A·s, kWh.

        `overload_by_cars` leaves out what the house alone draws above the limit,
        `overload` does not.
        """
        world, record = self._world, self._world.record
        supply = record.nodes[SUPPLY_ID]
        return {
            "scenario": self._scenario.name,
            "seed": self._scenario.seed,
            "seconds": round(record.seconds, 1),
            "supply_max_current": supply.limit,
            "peak_current": round(supply.peak, 2),
            "overload": _overload(supply.over_with_house),
            "overload_by_cars": _overload(supply.over),
            "fuse": {
                "heat_max": round(record.theta_max, 4),
                "heat_that_melts": world.fuse.trip_heat,
                "trips": record.fuse_trips,
            },
            "cars": {
                name: {
                    "charger": car.charger,
                    "energy_kwh": round(car.energy_wh / 1000, 4),
                    "starts": car.starts,
                    "pauses": car.stops,
                }
                for name, car in record.cars.items()
            },
            "commands": {each.id: each.commands for each in world.chargers.values()},
        }

    @property
    def record(self) -> dict[str, Any]:
        """The figures, and what flowed at each second, A on the supply's phases."""
        return {
            "figures": self.figures,
            "series": {
                "time_s": self._times,
                "supply": self._supply,
                "house": self._house,
                "chargers": {
                    each: {"drawn": self._drawn[each], "limit": self._limits[each]}
                    for each in self._drawn
                },
            },
        }

    def application(self) -> web.Application:
        """Return the judge's own port; nothing can be changed there."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/figures", self._get_figures),
                web.get("/record", self._get_record),
                web.get("/devices", self._get_devices),
            ]
        )
        return application

    async def _get_figures(self, _request: web.Request) -> web.Response:
        return web.json_response(self.figures)

    async def _get_record(self, _request: web.Request) -> web.Response:
        return web.json_response(self.record)

    async def _get_devices(self, _request: web.Request) -> web.Response:
        return web.json_response(self.addresses)


def report(figures: dict[str, Any]) -> str:
    """Return the figures as a few lines to read."""
    overload, fuse = figures["overload"], figures["fuse"]
    site = (
        "{scenario}, seed {seed}: {seconds:.0f} s\n"
        "main fuse {supply_max_current:.0f} A, peak {peak_current:.1f} A\n"
    ).format(**figures)
    above = (
        "above it {seconds:.1f} s, {longest:.1f} s at a stretch, {amp_seconds:.1f} A·s\n"
    ).format(**overload)
    heat = (
        "fuse heat at most {heat_max:.2f} of {heat_that_melts:.2f},"
        " blown {trips} times\n"
    ).format(**fuse)
    cars = (
        f"{name}: {car['energy_kwh']:.2f} kWh, {car['starts']} starts,"
        f" {car['pauses']} pauses, {figures['commands'][car['charger']]} commands"
        for name, car in figures["cars"].items()
    )
    return site + above + heat + "\n".join(cars)


def _overload(overload: Overload) -> dict[str, float]:
    return {
        name: round(value, 2)
        for name, value in asdict(overload).items()
        if not name.startswith("_")
    }


def _rounded(values: PhaseValues) -> PhaseValues:
    return PhaseValues(*(round(value, 3) for value in values))
