"""Charging with the sun: how much of the surplus is used, and what the grid adds.

A day from 8 to 18 h at 1 s, sunny or with broken clouds, behind a 20 A main fuse: a roof
of 9 kW, a household (real minute means, made appliances) and one car. Beside the law
with its plan stands what many homes have: a loop that sets the current each 30 s from
what the meter shows then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import floor

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Allocation,
    Ceiling,
    Charger,
    ChargerStatus,
    Decision,
    Phase,
    PowerLimit,
    Reason,
    Site,
    Snapshot,
    Supply,
)
from custom_components.amp_guard.plans import CarPower, Moment, Plan
from custom_components.amp_guard.plans.surplus import (
    SolarMode,
    Surplus,
    SurplusSettings,
    WithMinimum,
)
from simulator.appliances import DAY, HOUR, daily_appliances
from simulator.car import PHASE_VOLTAGE, CarModel
from simulator.house import House, Step, household_quarter
from simulator.sun import Clouds, sun
from simulator.world import World

from .closed_loop import ClosedLoop, Decider, MakeDecider
from .field import METERS, REPORTS
from .homes import one_group_home
from .scenario import CarSetup, ChargerSetup, Scenario

BEGINS = 8 * HOUR
LASTS = 10 * HOUR
PEAK = 9_000.0
"""W of the roof."""
HOUSE_FACTOR = 0.3
"""Of the trace, which is of a whole household, on each phase."""
ALONE, TOGETHER = "surplus", "surplus and minimum"
CAR = "car"
LOOP_INTERVAL = 30.0
SKIES: Mapping[str, Clouds | None] = {"sunny": None, "cloudy": Clouds()}
CONNECTED = (
    ChargerStatus.WAITING,
    ChargerStatus.CHARGING,
    ChargerStatus.UNKNOWN,
)


@dataclass(kw_only=True, slots=True)
class Tally:
    """What became of the surplus, Wh: all that there was, what the car took of it.

    `from_grid` is what the car took beside it.
    """

    surplus: float = 0.0
    used: float = 0.0
    from_grid: float = 0.0
    _time: float | None = None

    def look(self, world: World, _decision: Decision) -> None:
        """Count what flows now, for the time since the last look."""
        seconds = 0.0 if self._time is None else world.now - self._time
        self._time = world.now
        surplus = max(0.0, -PHASE_VOLTAGE * sum(world.house.current_at(world.now)))
        drawn = PHASE_VOLTAGE * sum(sum(each.load) for each in world.chargers.values())
        self.surplus += surplus * seconds / HOUR
        self.used += min(drawn, surplus) * seconds / HOUR
        self.from_grid += max(0.0, drawn - surplus) * seconds / HOUR


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a day came to; energy in kWh."""

    name: str
    surplus: float
    used: float
    from_grid: float
    stops: int
    commands: int
    seconds_over: float

    @property
    def share(self) -> float:
        """The share of the surplus that the car used."""
        return self.used / self.surplus if self.surplus else 1.0


class PlannedBalancer:
    """The law with its plan, as the loop of the integration puts them together."""

    def __init__(self, site: Site, settings: SurplusSettings) -> None:
        self._site = site
        self._balancer = Balancer(site)
        surplus = Surplus(settings, alone=ALONE, together=TOGETHER)
        self._plans: dict[str, Plan] = {
            ALONE: surplus,
            TOGETHER: WithMinimum(surplus),
        }

    def decide(self, snapshot: Snapshot, now: float) -> Decision:
        """Decide below what the plan allowed last; then show it what is so."""
        ceilings = tuple(
            Ceiling(
                target=id_,
                current=plan.allowed / PHASE_VOLTAGE,
                expires=now + 60,
                reason=Reason.SURPLUS,
            )
            for id_, plan in self._plans.items()
            if plan.allowed is not None
        )
        decision = self._balancer.decide(
            replace(snapshot, ceilings=snapshot.ceilings + ceilings), now
        )
        moment = Moment(
            time=now,
            clock=datetime.fromtimestamp(now, UTC),
            power=_power(snapshot),
            cars=dict(_cars(snapshot, decision)),
            limits={each.id: each.chargers for each in self._site.power_limits},
        )
        for plan in self._plans.values():
            plan.look(moment)
        return decision


def _cars(snapshot: Snapshot, decision: Decision) -> Iterable[tuple[str, CarPower]]:
    for id_, reading in snapshot.chargers.items():
        allocation = decision.allocations[id_]
        if reading.status in CONNECTED:
            yield (
                id_,
                CarPower(
                    drawn=PHASE_VOLTAGE * sum(decision.drawn[id_]),
                    least=PHASE_VOLTAGE * decision.minimums[id_].counted,
                    starts_from=PHASE_VOLTAGE * decision.minimums[id_].fewest,
                    wants=True,
                    offered=allocation.current > 0,
                    idle=allocation.reason is Reason.NOT_WANTED,
                ),
            )


def _power(snapshot: Snapshot) -> float | None:
    measured = snapshot.measurements.get(SUPPLY_ID)
    return None if measured is None else PHASE_VOLTAGE * sum(measured.current)


@dataclass(kw_only=True, slots=True)
class PlainLoop:
    """Each 30 s: what is exported and what the car draws, in whole amps; below 6 none.

    It knows how many `phases` its car uses, and gives it `least` A at least.
    """

    phases: int
    least: float
    _given: float = 0.0
    _next: float = 0.0

    def decide(self, snapshot: Snapshot, now: float) -> Decision:
        """Set what fits, as often as the loop comes round."""
        power, reading = _power(snapshot), snapshot.chargers.get(CAR)
        send = False
        if power is not None and reading is not None and now >= self._next:
            self._next = now + LOOP_INTERVAL
            drawn = sum(reading.current or ())
            current = floor(drawn - power / PHASE_VOLTAGE) // self.phases
            given = float(min(current, 16)) if current >= 6 else self.least
            send, self._given = given != self._given, given
        allocation = Allocation(
            charger=CAR, current=self._given, reason=Reason.SURPLUS, send=send
        )
        return Decision(time=now, allocations={CAR: allocation}, nodes={}, drawn={})


def day(
    sky: Clouds | None,
    mode: SolarMode,
    *,
    phases: int = 3,
    seed: int = 1,
    start: float = BEGINS,
    seconds: float = LASTS,
    switches: bool = False,
    report: str = "polled each 10 s",
    meter: str = "1 s, 0.1 A, signed",
) -> Scenario:
    """Return a day (or `seconds` of it from `start` on) with one car.

    `switches` says whether its charger can be set to one phase.
    """
    one = (Phase.L1,) if switches else ()
    charger = Charger(id=CAR, group="chargers", one_phase_choices=one)
    alone = (CAR,) if mode is SolarMode.SURPLUS else ()
    together = () if mode is SolarMode.FUSES else (CAR,)
    home = one_group_home(
        f"{'sunny' if sky is None else 'cloudy'}, {mode}, "
        f"{'3 or 1' if switches else phases}",
        seed=seed,
        duration=seconds,
        supply=Supply(supply_max_current=20.0, generates=True),
        house=_house(sky, seed, start, seconds),
        meter=METERS[meter],
        chargers=(
            ChargerSetup(
                charger=charger, command_lag=2.0, limit=None, report=REPORTS[report]
            ),
        ),
        cars=(
            CarSetup(
                id=CAR,
                charger=CAR,
                arrival=60.0,
                departure=seconds,
                model=CarModel(phases=phases, energy_wh=100_000.0),
            ),
        ),
    )
    limits = (
        PowerLimit(id=ALONE, chargers=alone, reason=Reason.SURPLUS),
        PowerLimit(id=TOGETHER, chargers=together, reason=Reason.SURPLUS),
    )
    return replace(home, site=replace(home.site, power_limits=limits))


def _house(sky: Clouds | None, seed: int, start: float, seconds: float) -> House:
    trace = household_quarter()
    phases = [
        trace.cut(phase, (7 * seed + 21 * phase) * DAY + start, seconds, HOUSE_FACTOR)
        for phase in Phase
    ]
    appliances = [
        [Step(step.time - start, step.current) for step in source]
        for source in daily_appliances(seed, DAY / 2)
    ]
    return House(*phases, *appliances, sun(PEAK, start, seconds, sky, seed))


def run(name: str, scenario: Scenario, decider: MakeDecider) -> Outcome:
    """Run a day with whoever decides."""
    tally = Tally()
    result = ClosedLoop(scenario, tally.look, decider).run()
    record = result.record
    return Outcome(
        name=f"{scenario.name}: {name}",
        surplus=tally.surplus / 1000,
        used=tally.used / 1000,
        from_grid=tally.from_grid / 1000,
        stops=record.stops,
        commands=sum(result.commands.values()),
        seconds_over=record.nodes[SUPPLY_ID].over_with_house.seconds,
    )


def ours(scenario: Scenario, _world: World) -> Decider:
    """Return who decides with the law and its plan."""
    return PlannedBalancer(scenario.site, SurplusSettings())


def plain(phases: int, mode: SolarMode) -> MakeDecider:
    """Return who decides each 30 s."""
    least = 0.0 if mode is SolarMode.SURPLUS else 6.0

    def make(_scenario: Scenario, _world: World) -> Decider:
        return PlainLoop(phases=phases, least=least)

    return make


type Day = tuple[str, SolarMode, int, bool]
"""A sky, a mode, the phases of the car, and whether its charger can be set to one."""
DAYS: Sequence[Day] = tuple(
    (sky, mode, phases, switches)
    for mode, phases, switches in (
        (SolarMode.SURPLUS, 3, False),
        (SolarMode.SURPLUS, 3, True),
        (SolarMode.SURPLUS, 1, False),
        (SolarMode.MINIMUM_AND_SURPLUS, 3, False),
    )
    for sky in SKIES
)


def run_day(which: Day, seed: int = 1) -> tuple[Outcome, ...]:
    """Run one of the `DAYS` with the law, and with the loop beside it.

    That does not switch phases.
    """
    sky, mode, phases, switches = which
    scenario = day(SKIES[sky], mode, phases=phases, seed=seed, switches=switches)
    if switches:
        return (run("law and plan", scenario, ours),)
    return (
        run("law and plan", scenario, ours),
        run("loop of 30 s", scenario, plain(phases, mode)),
    )


def solar_table(outcomes: Iterable[Outcome]) -> str:
    """Return the outcomes as a table in Markdown."""
    rows = [
        f"| {each.name} | {each.surplus:.1f} | {each.share:.1%} | {each.from_grid:.2f} |"
        f" {each.stops} | {each.commands} | {each.seconds_over:.0f} |"
        for each in outcomes
    ]
    head = (
        "| Day, mode, car: who decides | surplus kWh | used | from the grid kWh | stops |"
        " commands | s over the fuse |"
    )
    return "\n".join((head, "|---|---|---|---|---|---|---|", *rows))
