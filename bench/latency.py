"""How soon a measurement acts: in a real Home Assistant, over real sockets.

A simulated Amp Guard pushes a sample each second; two chargers are driven by Home
Assistant's own integration. A house that climbs step by step makes cut after cut. Both
ends are stamped here, what lies between them is taken from Home Assistant's diagnostics:
one machine has one monotonic clock. A sample is stamped before it is sent and a command
when the charger has read it, so the network counts as Home Assistant's.
"""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
import json
from pathlib import Path
from secrets import token_urlsafe
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientSession, web

from custom_components.amp_guard.model import SUPPLY_ID, Phase, PhaseValues
from demo.browser import Account, Browser
from demo.home import Home, running
from demo.home_assistant import HomeAssistant
from demo.places import LOOPBACK, home_assistant_port, site_addresses
from simulator.appliances import switch
from simulator.car import CarModel
from simulator.charger import ChargerModel
from simulator.devices import Handler
from simulator.devices.amp_guard import AmpGuard
from simulator.devices.charger import ChargerDevice
from simulator.devices.nrgkick import NRGkick
from simulator.house import House, constant
from simulator.scenario import Arrival, Scenario, evening
from simulator.site import Site

SUPPLY_MAX_CURRENT = 40.0
QUIET = PhaseValues(5.0, 1.0, 1.0)
STEP = 4.0
"""A by which the house climbs; the cars give way."""
STEPS = 5
STEP_LENGTH = 7.0
"""s: the cars have followed the cut before."""
CLIMB_EACH = 130.0
"""s: enough for the cars to have all of it back."""
FIRST_CLIMB = 110.0
"""s from the site's beginning: Home Assistant is up, and the cars draw what they can."""
CLIMBS = 2
LENGTH = FIRST_CLIMB + CLIMB_EACH * (CLIMBS - 1) + STEP_LENGTH * (STEPS + 1)
BARE_REQUESTS = 200
TO_BALANCER = "sample to balancer"
TO_CHARGER = "balancer to charger"
TARGETS_MS = {TO_BALANCER: 20.0, TO_CHARGER: 10.0}
"""The most that the median may be, ms."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Latencies:
    """What was measured, s: each sample, each cut, and a bare request beside them."""

    to_balancer: Sequence[float]
    to_charger: Sequence[float]
    bare_request: Sequence[float]


class _Meter(AmpGuard):
    """Remembers when each sample was there to be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sampled_at: list[float] = []

    def observe(self, current: PhaseValues, now: float) -> None:
        before = self.samples_taken
        super().observe(current, now)
        if self.samples_taken != before:
            self.sampled_at.append(asyncio.get_running_loop().time())


class _Charger(NRGkick):
    """Remembers when each command had come."""

    def __init__(self, charger: ChargerModel, number: int) -> None:
        super().__init__(
            charger,
            serial_number=f"NRG{number:07}",
            mac_address=f"02:00:00:00:02:{number:02x}",
        )
        self.told_at: list[float] = []

    def application(self) -> web.Application:
        application = super().application()
        application.middlewares.append(self._note)
        return application

    @web.middleware
    async def _note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/control" and request.query:
            self.told_at.append(asyncio.get_running_loop().time())
        return await handler(request)


class _Site(Site):
    """A site whose devices remember."""

    def __init__(self) -> None:
        super().__init__(_scenario(), site_addresses())
        self.amp_guard = self.meter = _Meter()
        self.told: dict[str, _Charger] = {}

    async def start_charger(self, number: int, charger: ChargerModel) -> ChargerDevice:
        device = self.told[charger.id] = _Charger(charger, number)
        await device.start(self._addresses.host, self._addresses.port(number + 1))
        return device


async def measure() -> Latencies:
    """Live through the climbs in real time; some minutes."""
    with TemporaryDirectory() as folder:
        home_assistant = HomeAssistant(
            Path(folder) / "config", port=home_assistant_port(LOOPBACK, None)
        )
        site = _Site()
        home = Home(site, home_assistant)
        account = Account(name="Owner", username="owner", password=token_urlsafe(9))
        async with running(home, account):
            assert home.browser is not None
            await home.live(LENGTH - site.world.now)
            diagnostics = await home.browser.diagnostics("amp_guard")
            told_at = await _told_at(home.browser, site)
            bare_request = [each async for each in _bare_requests(home_assistant.url)]
    turns = [
        json.loads(line)
        for span in diagnostics["data"]["recording"]
        for line in span["turns"]
    ]
    return Latencies(
        to_balancer=[*samples_to_balancer(site.meter.sampled_at, turns)],
        to_charger=[*cuts_to_charger(turns, told_at)],
        bare_request=bare_request,
    )


def print_table(latencies: Latencies) -> bool:
    """Print it in ms; return whether every target is met."""
    rows = {
        TO_BALANCER: latencies.to_balancer,
        TO_CHARGER: latencies.to_charger,
        "a bare request": latencies.bare_request,
    }
    print(f"{'ms':<20} {'times':>6} {'median':>7} {'p95':>7} {'most':>7} {'target':>7}")
    met = True
    for name, times in rows.items():
        target = TARGETS_MS.get(name)
        if not times:
            print(f"{name:<20} {0:6d}  never seen")
            met = False
            continue
        ordered = sorted(1000 * each for each in times)
        middle = median(ordered)
        met = met and (target is None or middle <= target)
        print(
            f"{name:<20} {len(ordered):6d} {middle:7.2f}"
            f" {ordered[int(0.95 * (len(ordered) - 1))]:7.2f} {ordered[-1]:7.2f}"
            f" {target or '':>7}"
        )
    return met


def _scenario() -> Scenario:
    """Return two eager cars, and a house that climbs on L1 until they have their least."""
    climbs = [FIRST_CLIMB + CLIMB_EACH * number for number in range(CLIMBS)]
    steps = [
        switch(
            Phase.L1,
            STEP,
            [
                (climb + STEP_LENGTH * step, climb + STEP_LENGTH * STEPS)
                for climb in climbs
            ],
        )
        for step in range(STEPS)
    ]
    car = CarModel(
        energy_wh=50_000.0, start_delay=2.0, one_phase_first=0.0, raise_delay=1.0
    )
    chargers = (ChargerModel(id="garage"), ChargerModel(id="carport"))
    return replace(
        evening(),
        name="a house that climbs",
        supply=replace(evening().supply, supply_max_current=SUPPLY_MAX_CURRENT),
        house=House(constant(QUIET), *steps),
        chargers=chargers,
        arrivals=tuple(
            Arrival(time=1.0, charger=charger.id, car=car) for charger in chargers
        ),
    )


def samples_to_balancer(
    sampled_at: Sequence[float], turns: Iterable[Any]
) -> Iterator[float]:
    """Return how long each sample took from the meter to the turn that decided on it."""
    known = None
    for now, snapshot, _ in turns:
        received_at = snapshot["measurements"].get(SUPPLY_ID, {"time": known})["time"]
        if received_at == known:
            continue
        known = received_at
        sent = bisect_left(sampled_at, received_at)
        if sent:
            yield now - sampled_at[sent - 1]


def cuts_to_charger(
    turns: Iterable[Any], told_at: Mapping[str, Sequence[float]]
) -> Iterator[float]:
    """Return how long each cut took from the turn that decided it to its charger."""
    given: dict[str, float] = {}
    for now, _, decision in turns:
        if decision is None:  # deciding failed
            continue
        for charger, allocation in decision["allocations"].items():
            before, current = given.get(charger, 0.0), allocation["current"]
            given[charger] = current
            came = bisect_left(told_at[charger], now)
            if allocation["send"] and current < before and came < len(told_at[charger]):
                yield told_at[charger][came] - now


async def _told_at(browser: Browser, site: _Site) -> dict[str, list[float]]:
    """Return when each charger was told something, by the id that decisions have."""
    [entry] = await browser.command("config_entries/get", domain="amp_guard")
    below = await browser.command(
        "config_entries/subentries/list", entry_id=entry["entry_id"]
    )
    return {
        subentry["subentry_id"]: device.told_at
        for subentry in below
        for name, device in site.told.items()
        if subentry["title"].endswith(name)
    }


async def _bare_requests(url: str) -> AsyncIterator[float]:
    """Yield how long Home Assistant takes to answer a request that asks for nothing."""
    clock = asyncio.get_running_loop().time
    async with ClientSession(url) as session:
        for _ in range(BARE_REQUESTS):
            begun = clock()
            async with session.get("/manifest.json") as response:
                await response.read()
            yield clock() - begun
