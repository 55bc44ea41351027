"""Where a signal goes wrong: each meter of the field with each kind of charger.

Two chargers with cars that never get full stand behind 25 A beside a real household.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Self

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Charger,
    EarthingSystem,
    Phase,
    Supply,
)
from simulator.car import CarModel
from simulator.charger import line_currents
from simulator.house import House

from ..field import IT_METERS, METERS, REPORTS
from ..homes import draw_house, draw_offset, draw_wiring, one_group_home
from ..scenario import CarSetup, ChargerSetup, Scenario
from .signals import MeterDamage, ReportDamage

DURATION = 2100.0
"""s of a run."""
STARTS = (400.0, 900.0)
"""s between which the damage begins."""
LIMIT = 25.0
"""A of the main fuse."""
LAG = 1.0
"""s from a command to the signal for the car."""
_IT = EarthingSystem.IT


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of site: its net, meter, charger reports, and the phases of its cars."""

    net: EarthingSystem
    meter: str
    reports: str
    phases: int

    @property
    def name(self) -> str:
        """The kind in a line."""
        return f"{self.net} | {self.meter} | {self.reports} | {self.phases}-phase"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One site of a kind, with nothing damaged yet.

    `phase` is the busiest that cars draw on, where a fault does most harm; `start` is
    the moment at which it begins; `other` is what another household draws.
    """

    kind: Kind
    scenario: Scenario
    phase: Phase
    start: float
    other: House

    def with_meter_fault(self, fault: str) -> Scenario:
        """Return the scenario with a fault of the meter."""
        damage = MeterDamage(
            fault=fault, phase=self.phase, start=self.start, other=self.other
        )
        meter = replace(self.scenario.meters[SUPPLY_ID], damage=damage)
        return replace(self.scenario, meters={SUPPLY_ID: meter})

    def with_report_fault(self, fault: str) -> Scenario:
        """Return the scenario with a fault of what the first charger reports."""
        first, *others = self.scenario.chargers
        damage = ReportDamage(fault=fault, start=self.start)
        damaged = replace(first, report=replace(first.report, damage=damage))
        return replace(self.scenario, chargers=(damaged, *others))

    def with_a_car_that_leaves(self) -> Self:
        """Return the place where the first charger's car leaves a minute later.

        What is left over of a session shows when it has ended.
        """
        car, *cars = self.scenario.cars
        leaves = replace(car, departure=self.start + 60.0)
        return replace(self, scenario=replace(self.scenario, cars=(leaves, *cars)))


def kinds() -> list[Kind]:
    """Return every kind of site, mixed, so that the first few are of all sorts."""
    every = [
        Kind(net=net, meter=meter, reports=reports, phases=phases)
        for net, meters in ((EarthingSystem.TN, METERS), (EarthingSystem.IT, IT_METERS))
        for meter in meters
        for reports in REPORTS
        for phases in (1, 3)
    ]
    Random(5).shuffle(every)
    return every


def draw_place(kind: Kind, seed: int) -> Place:
    """Return a site of that kind; the same `seed` gives the same."""
    random = Random(f"{seed} {kind.name}")
    supply = Supply(supply_max_current=LIMIT, earthing_system=kind.net)
    house, other = (draw_house(random, supply, DURATION) for _ in range(2))
    meters = METERS if kind.net is EarthingSystem.TN else IT_METERS
    meter = replace(meters[kind.meter], offset=0.0)
    wiring = _wiring(random, kind)
    # Two cars of one phase on the same one: else they are seldom too many.
    wirings = (wiring, wiring if kind.phases == 1 else _wiring(random, kind))
    chargers = tuple(
        _charger(random, kind, wiring, f"charger-{number}")
        for number, wiring in enumerate(wirings, start=1)
    )
    start = random.uniform(*STARTS)
    return Place(
        kind=kind,
        scenario=one_group_home(
            f"{kind.name}, seed {seed}",
            seed=seed,
            duration=DURATION,
            supply=supply,
            house=house,
            meter=meter,
            chargers=chargers,
            cars=tuple(
                CarSetup(
                    id=f"car-{number}",
                    charger=f"charger-{number}",
                    arrival=10.0 * number,
                    departure=DURATION,
                    model=CarModel(energy_wh=1e6, phases=kind.phases),
                )
                for number in (1, 2)
            ),
        ),
        phase=_busiest(house, chargers[0].charger, kind, start),
        start=start,
        other=other,
    )


def _wiring(random: Random, kind: Kind) -> tuple[Phase, ...]:
    """Return how a charger is wired: with a neutral to three phases in some order.

    There a car of one phase may stand at it; in an IT net it hangs between two lines.
    """
    return draw_wiring(random, kind.net, kind.phases if kind.net is _IT else 3)


def _charger(
    random: Random, kind: Kind, wiring: tuple[Phase, ...], name: str
) -> ChargerSetup:
    report = REPORTS[kind.reports]
    return ChargerSetup(
        charger=Charger(
            id=name,
            group="chargers",
            wiring=wiring,
            command_lag=LAG + CarModel().follow_down,
        ),
        command_lag=LAG,
        limit=None,
        report=replace(report, offset=draw_offset(random, report.interval)),
    )


def _busiest(house: House, charger: Charger, kind: Kind, start: float) -> Phase:
    """Return where the house draws most, of the phases that the first car uses."""
    used = charger.wiring if kind.net is _IT else charger.wiring[: kind.phases]
    seconds = range(int(start), int(DURATION), 10)
    drawn = [house.current_at(float(second)) for second in seconds]
    if kind.net is _IT:
        drawn = [line_currents(current) for current in drawn]
    return max(used, key=lambda phase: sum(current[phase] for current in drawn))
