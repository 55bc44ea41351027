"""Alarms where nothing is wrong: weeks of a real household with cars that come and go.

Each week has three others of the twelve on its phases, another meter and another way
in which its chargers report. The first has a meter of 1 s, the others of 5 s and more.
"""

from collections.abc import Iterator, Sequence
import csv
from dataclasses import dataclass, field, replace
from math import pi, sin, sqrt
from pathlib import Path
from random import Random

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Charger,
    Decision,
    EarthingSystem,
    Group,
    MeterTrust,
    Phase,
    PhaseValues,
    Site,
    Supply,
)
from simulator.appliances import DAY, HOUR, daily_appliances
from simulator.car import CarModel
from simulator.house import HOUSEHOLD_QUARTER, House, Step, household_quarter
from simulator.world import World

from ..closed_loop import ClosedLoop
from ..field import IT_METERS, METERS, REPORTS
from ..homes import draw_offset, draw_wiring
from ..scenario import CarSetup, ChargerSetup, Scenario
from .watch import doubted_phases

SESSIONS: Path = HOUSEHOLD_QUARTER.with_name("charging_sessions_week.csv")
WEEK = 7 * DAY
WEEKS = 12
"""Of the trace."""
LIMIT = 35.0
"""A of the main fuse."""
BEGUN = 300.0
"""s after which a meter is to be believed."""
LEAST_POLL = 5.0
"""s between readings of a charger here: a week has many seconds."""
SUN = 12.0
"""A that a roof feeds in on each phase at noon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """What one week has."""

    meter: str
    reports: str
    net: EarthingSystem = EarthingSystem.TN
    generates: bool = False


_KINDS = (
    _Kind(meter="1 s, 0.1 A, signed", reports="polled each 10 s"),
    _Kind(meter="10 s, 0.1 A, unsigned", reports="on change"),
    _Kind(meter="10 s, 1 A, unsigned", reports="30 s late"),
    _Kind(meter="30 s, 0.1 A, 3 s late", reports="none"),
    _Kind(meter="5 s, W and V, signed", reports="polled each 10 s", generates=True),
    _Kind(meter="10 s, 1 A, unsigned", reports="on change"),
    _Kind(
        meter="10 s, 0.1 A, without L2",
        reports="polled each 10 s",
        net=EarthingSystem.IT,
    ),
    _Kind(meter="10 s, 0.1 A, unsigned", reports="30 s late", net=EarthingSystem.IT),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """At `time` (s) the meter was doubted, as `what` says."""

    time: float
    what: str


@dataclass(kw_only=True, slots=True)
class Week:
    """A week without damage: each time that the meter was doubted, and for how long."""

    number: int
    site: str
    alarms: list[Alarm] = field(default_factory=list)
    doubted: float = 0.0
    """s in all."""


def run_week(number: int, seed: int, duration: float = WEEK) -> Week:
    """Return what alarms a week (from 1 on) brings, in its first `duration` s."""
    kind = _KINDS[(number - 1) % len(_KINDS)]
    sun = ", sun" if kind.generates else ""
    week = Week(number=number, site=f"{kind.net}, {kind.meter}, {kind.reports}{sun}")
    random = Random(f"{seed} week {number}")
    watch = _Alarms(week)
    ClosedLoop(_scenario(random, number, kind, duration), watch.note).run()
    return week


class _Alarms:
    """Notes each beginning of a doubt; one that stands from the start is the site's."""

    def __init__(self, week: Week) -> None:
        self._week = week
        self._usual: frozenset[Phase] | None = None
        self._doubts = ""
        self._time = 0.0

    def note(self, world: World, decision: Decision) -> None:
        if world.now < BEGUN:
            return
        if self._usual is None:
            self._usual = doubted_phases(decision)
        if self._doubts:
            self._week.doubted += world.now - self._time
        self._time = world.now
        doubts = _doubts(decision, self._usual)
        if doubts and not self._doubts:
            self._week.alarms.append(Alarm(time=world.now, what=doubts))
        self._doubts = doubts


def _doubts(decision: Decision, usual: frozenset[Phase]) -> str:
    """Return in words what is doubted now; nothing where all is well."""
    node = decision.nodes[SUPPLY_ID]
    words = [
        f"{phase.name} {node.worth[phase].doubt or node.worth[phase].worth}"
        for phase in Phase
        if phase in doubted_phases(decision) - usual
    ]
    if node.trust is not MeterTrust.ONLINE:
        words.append(str(node.trust))
    return ", ".join(words)


def _scenario(random: Random, number: int, kind: _Kind, duration: float) -> Scenario:
    it = kind.net is EarthingSystem.IT
    meter = (IT_METERS if it else METERS)[kind.meter]
    report = REPORTS[kind.reports]
    interval = max(report.interval, LEAST_POLL)
    chargers = tuple(
        ChargerSetup(
            charger=Charger(
                id=f"charger-{name}",
                group="chargers",
                wiring=draw_wiring(random, kind.net, 3),
                command_lag=4.0,
            ),
            command_lag=1.0,
            limit=None,
            report=replace(
                report,
                interval=interval,
                draw_interval=interval,
                offset=draw_offset(random, interval),
            ),
        )
        for name in (1, 2, 3)
    )
    return Scenario(
        name=f"week {number}",
        description="",
        duration=duration,
        seed=number,
        site=Site(
            supply=Supply(
                supply_max_current=LIMIT,
                earthing_system=kind.net,
                generates=kind.generates,
            ),
            groups=(
                Group(id="chargers", max_current_online=LIMIT, max_current_offline=6.0),
            ),
            chargers=tuple(setup.charger for setup in chargers),
        ),
        house=_house(random, number, kind),
        group_houses={},
        meters={SUPPLY_ID: replace(meter, offset=0.0, noise=0.05)},
        chargers=chargers,
        cars=tuple(_cars(random, number, duration)),
        restarts=(),
        ceilings=(),
        resume_from=None,
        expect=(),
    )


def _house(random: Random, number: int, kind: _Kind) -> House:
    factor = 1 / sqrt(3) if kind.net is EarthingSystem.IT else 1.0
    sources: list[Sequence[Step]] = [
        household_quarter().cut(
            phase, (number - 1 + 4 * phase) % WEEKS * WEEK, WEEK, factor
        )
        for phase in Phase
    ]
    sources += daily_appliances(number, WEEK)
    if kind.generates:
        sources.append(list(_sun(random)))
    return House(*sources)


def _sun(random: Random) -> Iterator[Step]:
    """Yield a roof's week: half a sine from 8 to 17 h, with clouds each minute."""
    cloud = 1.0
    for minute in range(int(WEEK / 60)):
        time = minute * 60.0
        day = (time % DAY - 8 * HOUR) / (9 * HOUR)
        if not 0.0 <= day <= 1.0:
            if day > 1.0 and cloud:
                yield Step(time, PhaseValues(0.0, 0.0, 0.0))
                cloud = 0.0
            continue
        cloud = min(1.0, max(0.2, (cloud or 1.0) + random.uniform(-0.2, 0.2)))
        amps = -SUN * sin(pi * day) * cloud
        yield Step(time, PhaseValues(amps, amps, amps))


def _cars(random: Random, number: int, duration: float) -> Iterator[CarSetup]:
    """Yield the real sessions of a week, begun so many days later each week."""
    with SESSIONS.open() as file:
        rows = list(csv.DictReader(file))
    for count, row in enumerate(rows, start=1):
        shift = number * DAY
        arrival = (float(row["arrival_s"]) + shift) % WEEK
        length = float(row["departure_s"]) - float(row["arrival_s"])
        if arrival < duration and arrival + length < WEEK:
            yield CarSetup(
                id=f"session-{count}",
                charger=f"charger-{row['charger']}",
                arrival=arrival,
                departure=min(arrival + length, duration),
                model=CarModel(
                    energy_wh=1000 * float(row["energy_kwh"]),
                    phases=random.choice((1, 1, 2, 3)),
                    start_delay=random.uniform(5.0, 60.0),
                ),
            )
