"""Find the phases: move one charger's current, twice, and see which phases answer.

It only ever lowers: a ceiling under what the car draws, none once that is seen, and
again. What is raised in between is raised by the law, so its limits hold throughout.
The other chargers are kept from rising meanwhile, or they would take what this one
leaves and hide the answer.

A move counts from one level at which everything stands still to the next. Whatever else
changes meanwhile makes another move necessary, until there are enough or it is too late.

A wiring that is set wrong is what makes the law doubt a phase, and what is looked for: so
it goes on at what the law leaves then, and moves by a pause where that is the minimum.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from math import inf

from ..model import (
    ChargerReading,
    ChargerStatus,
    Doubt,
    EarthingSystem,
    Measurement,
    MeterTrust,
    NodeState,
    Phase,
    PhaseValues,
    Site,
)
from .phase_answers import MOST_UNKNOWN, Move, PhaseAnswers, PhaseFinding, Unsure
from .stillness import KEPT, STILL_FOR, STILL_WITHIN, Stillness, is_whole
from .tree import Branch, Tree

MAY_CHARGE = (ChargerStatus.CHARGING, ChargerStatus.UNKNOWN)
MAY_START = (*MAY_CHARGE, ChargerStatus.WAITING)

LONGEST = 600.0
"""s after which it gives up."""
PATIENCE = 90.0
"""s that what it cannot do without may be missing ..."""
PATIENCE_FOR_RAISE = 240.0
"""... or a raise, which the law puts off where loads come and go."""
STEPS = (6.0, 4.0)
"""A by which the current is lowered in turn: one household load passes for one of them."""
LEAST_STEP = 3.5
"""A. A car of a 10 A limit may draw a little less; 6 A it must keep."""
LEAST_ANSWER = 3.0
"""A by which a report or a phase must have moved to be awaited no longer."""
FOLLOWS_DOWN = 5.0
"""s beside its lag that a charger's car has to follow a cut [IEC 61851-1] ..."""
FOLLOWS_UP = 15.0
"""... a raise: measured cars wait for 10 s before they use one ..."""
FOLLOWS_START = 45.0
"""... and a start: those took 30 s, and 10 s more until all phases were in use."""
ANSWERS_WITHIN = 20.0
"""s after that, and two intervals of the meter, in which what changes is an answer."""
REPORTS_WITHIN = 75.0
"""s after which a charger's report is not going to follow."""
PAUSES = (20.0, 5.0, 35.0, 10.0)
"""s for which it must stand still beyond `STILL_FOR` for each of the moves in turn, so that
they keep no time with any load."""
REPORT_STILL_FOR = 5.0
"""s"""
SILENT_AFTER = 15.0
"""s, or two intervals, without a sample after which a meter in doubt is silent."""
MOST_STOPS = 2
"""Times that its car is paused: starts are few in an hour, and it is to be left charging."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """What is known at `time` (s): of the meter, of the charger, of the others.

    `supply` is what the law makes of the meter, `allocated` what each charger is
    allocated, A, by id; `readings` what each says. `signed` says whether the meter's
    sample shows its direction.
    """

    time: float
    supply: NodeState
    sample: Measurement | None
    signed: bool
    allocated: Mapping[str, float]
    readings: Mapping[str, ChargerReading]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Level:
    """Where everything stands still, A.

    `measured` is None for a phase that does not, or may have come there by something
    else than the move; `others` is all that is known of the other chargers.
    """

    measured: tuple[float | None, ...]
    reported: PhaseValues | None
    allocated: float
    others: tuple[float, ...]


class PhaseSearch:
    """The search of one charger; give it each moment until it returns a finding.

    `ceilings` are what it asks for meanwhile: the most that each charger may be
    allocated, A. They are over at `ends_at` (s) at the latest.
    """

    def __init__(self, site: Site, charger: str, now: float) -> None:
        """Start at `now`, s."""
        [self._branch] = (b for b in Tree(site).branches if b.charger.id == charger)
        self._id = charger
        self._answers = PhaseAnswers(charger, self._branch.charger.wiring)
        self._impossible = _impossible(site, self._branch)
        self._hindered: tuple[Unsure, float] | None = None
        self._doubted = False
        self._steps = cycle(STEPS)
        self._pauses = cycle(PAUSES)
        self._stops_left = MOST_STOPS
        self._stillness = Stillness()
        self._reports: deque[tuple[float, PhaseValues]] = deque(maxlen=KEPT)
        self._whole_reports = True
        self._allocated = 0.0
        self._allocated_at = now
        self._held: dict[str, float] = {}
        self._high = 0.0
        self._low: float | None = None
        self._before: _Level | None = None
        self.ends_at = now + LONGEST

    @property
    def ceilings(self) -> dict[str, float]:
        """The most that each charger may be allocated now, A; none before it begins."""
        if not self._held:
            return {}
        return self._held | {self._id: self._high if self._low is None else self._low}

    def observe(self, moment: Moment) -> PhaseFinding | None:
        """Take what is known now; return what was found, once it is finished."""
        if self._impossible is not None:
            return self._give_up(self._impossible)
        self._note(moment)
        if (hindrance := self._hindrance(moment)) is not None:
            return self._wait(hindrance, moment.time)
        self._hindered = None
        if (level := self._find_level(moment)) is not None:
            self._go_on(level, moment)
        if (finding := self._answers.finding) is not None:
            return finding
        if moment.time < self.ends_at:
            return None
        return self._give_up(self._answers.doubt)

    # --- what is known --------------------------------------------------------------

    def _note(self, moment: Moment) -> None:
        sample, reported = moment.sample, moment.readings[self._id].current
        if sample is not None:
            self._stillness.take(sample)
        if reported is None:
            self._reports.clear()
        else:
            self._reports.append((moment.time, reported))
            self._whole_reports = self._whole_reports and is_whole(reported)
        if (allocated := moment.allocated[self._id]) != self._allocated:
            self._allocated, self._allocated_at = allocated, moment.time
        doubted = any(worth.doubt is not None for worth in moment.supply.worth)
        if doubted and not self._doubted:
            self._before = self._low = None  # what was begun is cut short
        self._doubted = doubted

    def _hindrance(self, moment: Moment) -> Unsure | None:
        """Return what keeps it from going on now."""
        if not self._measures(moment):
            return Unsure.METER_SILENT
        status = moment.readings[self._id].status
        paused = self._low == 0 or (self._before and not self._before.allocated)
        if status not in (MAY_START if paused else MAY_CHARGE):
            # The law may have paused it, and starts it again.
            by_the_law = status in MAY_START and not self._allocated
            return Unsure.RESTLESS if by_the_law else Unsure.NO_CAR
        if self._before is None:
            if self._low is not None or self._room >= LEAST_STEP:
                return None
            stopped = self._stops_left < MOST_STOPS
            return self._answers.doubt if stopped else Unsure.TOO_LITTLE
        moved = self._allocated - self._before.allocated
        awaited = moved if self._low is None else -moved
        return None if awaited >= LEAST_STEP else Unsure.RESTLESS

    def _measures(self, moment: Moment) -> bool:
        """Return whether the meter measures all phases, also where one is in doubt."""
        supply = moment.supply
        if supply.trust is MeterTrust.ONLINE:
            return True
        if not self._doubted:
            return False
        if any(worth.doubt is Doubt.NOT_SENT for worth in supply.worth):
            return False
        silent_after = max(SILENT_AFTER, 2 * self._stillness.interval)
        return moment.time - self._stillness.newest <= silent_after

    def _wait(self, hindrance: Unsure, now: float) -> PhaseFinding | None:
        """Wait for what is missing, for a while."""
        if self._hindered is None or self._hindered[0] is not hindrance:
            self._hindered = hindrance, now
        patience = PATIENCE
        if hindrance is Unsure.RESTLESS:
            patience = PATIENCE_FOR_RAISE
        if min(self._hindered[1] + patience, self.ends_at) <= now:
            return self._give_up(hindrance)
        return None

    @property
    def _room(self) -> float:
        """A by which the car's current can be lowered."""
        return self._draw - self._lowest

    @property
    def _draw(self) -> float:
        """A that the car draws at the most."""
        reported = max(self._reports[-1][1]) if self._reports else inf
        return min(reported, self._allocated)

    @property
    def _lowest(self) -> float:
        """A to which it may be lowered: to nothing where a doubt leaves it no more."""
        least = self._branch.min_current
        stops = self._doubted and self._stops_left > 0
        return 0.0 if stops and self._draw - least < LEAST_STEP else least

    # --- from level to level --------------------------------------------------------

    def _find_level(self, moment: Moment) -> _Level | None:
        """Return where the meter and the report stand still, once they answered."""
        now, lag = moment.time, self._branch.charger.command_lag
        before = self._before
        follows = FOLLOWS_UP if self._low is None else FOLLOWS_DOWN
        if self._low is None and before is not None and not before.allocated:
            follows = FOLLOWS_START
        followed_at = self._allocated_at + lag + follows
        last_answer = followed_at + ANSWERS_WITHIN + 2 * self._stillness.interval
        still = [self._stillness.of(phase, since=followed_at) for phase in Phase]
        if still.count(None) > MOST_UNKNOWN or not self._report_is_still(now):
            return None
        measured = tuple(
            None
            if each is None or (before is not None and each.since > last_answer)
            else each.current
            for each in still
        )
        level = _Level(
            measured=measured,
            reported=self._reports[-1][1] if self._reports else None,
            allocated=self._allocated,
            others=_others(moment, self._id),
        )
        if before is None:
            return level
        if (
            level.reported is not None
            and before.reported is not None
            and not _moved(before.reported, level.reported)
            and now < self._allocated_at + REPORTS_WITHIN
        ):
            return None
        answered = any(
            amps is not None and abs(amps) >= LEAST_ANSWER
            for amps in _change(before, level)
        )
        return level if answered or now > last_answer else None

    def _report_is_still(self, now: float) -> bool:
        lately = [
            current for time, current in self._reports if time >= now - REPORT_STILL_FOR
        ]
        return all(
            max(amps) - min(amps) <= STILL_WITHIN for amps in zip(*lately, strict=True)
        )

    def _go_on(self, level: _Level, moment: Moment) -> None:
        """Judge the move that led to a level, and begin the next one."""
        clear = self._before is not None and self._judge(self._before, level, moment)
        self._before = level
        self._stillness.lasts = STILL_FOR + next(self._pauses)
        deeper = self._low is not None and not clear and level.reported is None
        if deeper and self._room >= LEAST_STEP:
            # The car may have drawn less than it was allocated; now it does not.
            self._high = self._allocated
        elif self._low is not None:
            self._low = None
            return
        self._lower(level, moment)

    def _judge(self, before: _Level, level: _Level, moment: Moment) -> bool:
        if _differ(before.others, level.others):
            return False
        reported = None
        if level.reported is not None and before.reported is not None:
            reported = _minus(level.reported, before.reported)
            if not _moved(before.reported, level.reported):
                reported = None
        move = Move(
            allocated=level.allocated - before.allocated,
            reported=reported,
            measured=_change(before, level),
        )
        rounded = self._stillness.is_whole + (
            reported is not None and self._whole_reports
        )
        return self._answers.take(move, signed=moment.signed, rounded=rounded)

    def _lower(self, level: _Level, moment: Moment) -> None:
        """Ask for less than the car draws, by the next step or as much as there is."""
        room = self._room
        if room < LEAST_STEP:
            self._before = None
            return
        if not self._held:
            self._held = dict(moment.allocated)
            self._high = self._allocated
        least, step = self._lowest, next(self._steps)
        wanted = least + max(room - step, 0.0) if least else 0.0
        self._low = max(self._branch.in_steps(wanted), least)
        self._stops_left -= not self._low

    def _give_up(self, why: Unsure) -> PhaseFinding:
        return PhaseFinding(charger=self._id, unsure=why)


def _impossible(site: Site, branch: Branch) -> Unsure | None:
    """Return why nothing can be found of a charger, whatever it does."""
    if site.supply.earthing_system is EarthingSystem.IT:
        return Unsure.IT_NET
    if not site.supply.metered or 0 not in branch.seen_by:
        return Unsure.NO_METER
    return None if branch.active else Unsure.INACTIVE


def _others(moment: Moment, charger: str) -> tuple[float, ...]:
    """Return what the other chargers are allocated and report, A."""
    values: list[float] = []
    for id_, reading in moment.readings.items():
        if id_ != charger:
            values += [moment.allocated.get(id_, 0.0), *(reading.current or ())]
    return tuple(values)


def _change(before: _Level, now: _Level) -> tuple[float | None, ...]:
    """Return what changed on each phase, A, where both levels are known."""
    return tuple(
        None if a is None or b is None else b - a
        for a, b in zip(before.measured, now.measured, strict=True)
    )


def _moved(before: PhaseValues, now: PhaseValues) -> bool:
    return any(abs(amps) >= LEAST_ANSWER for amps in _minus(now, before))


def _differ(before: tuple[float, ...], now: tuple[float, ...]) -> bool:
    if len(before) != len(now):
        return True
    return any(abs(a - b) > STILL_WITHIN for a, b in zip(before, now, strict=True))


def _minus(one: PhaseValues, other: PhaseValues) -> PhaseValues:
    return PhaseValues(*(a - b for a, b in zip(one, other, strict=True)))
