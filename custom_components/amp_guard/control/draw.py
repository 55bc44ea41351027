"""Who draws what: a charger's draw at the moment of the meter's sample.

A charger's own report is seldom of the very moment of the meter's sample; to subtract
one from the other errs both ways (ngardiner/TWCManager#75). It may be of any moment
since the slowest way that a report takes. In between, its draw can only have moved
towards what it was allocated. Within that range the estimate is the one
that leaves the base load where it was: a step of the meter that a charger can explain
is the charger's, the rest is the base load's. A charger that reports nothing is followed
by the meter's steps after its commands alone.
"""

from collections import deque
from collections.abc import Sequence

from ..model import (
    NO_CURRENT,
    ChargerReading,
    ChargerStatus,
    EarthingSystem,
    PhaseValues,
)
from .bounds import NOTHING, TAKEN_FOR, Bounds, unreported_bounds
from .constraint import PHASES
from .meter import LATEST_REPORT, OLDEST_REPORT
from .phases import UsedPhases
from .raise_seen import RaiseSeen
from .reading import on_supply
from .report_delay import ReportDelay
from .step_response import USED_FROM
from .tree import Branch

RAMP = 8.0
"""A/s: no car moves its draw faster, but for one that starts or stops."""
FRESH = 1.0
"""s: a younger report of a car that is cut, or left its allocation untaken, is taken as it
stands ..."""
FOLLOWED_AFTER = 2.0
"""s after a cut: ... until the car can have followed it. What falls sooner is the house's."""
CHANGES_KEPT = 64
"""Changes of what is reported that are kept for samples older than the report."""
CHARGED = (ChargerStatus.WAITING, ChargerStatus.CHARGING, ChargerStatus.UNKNOWN)
"""What a charger says whose car may draw, or asks for current."""
RESTS = (ChargerStatus.WAITING, ChargerStatus.FULL, ChargerStatus.FAULT)
"""What a charger says whose car draws nothing."""


class Draw:
    """One charger's draw on the supply's phases, A."""

    def __init__(self, branch: Branch, earthing_system: EarthingSystem) -> None:
        """Start with no report: it draws nothing, and may use all its phases."""
        self.branch = branch
        self._earthing_system = earthing_system
        self._read: PhaseValues | None = None
        self._reported: PhaseValues | None = None
        self.as_reported: Bounds = NOTHING
        """The bounds of one that draws what it reports."""
        self.reported_by_phase = NO_CURRENT
        """What it last reported, A by phase."""
        self.reported = 0.0
        """The A per phase that it last reported: the highest of its phases."""
        self._said: PhaseValues | None = None
        self._said_since = 0.0
        self._refuted = False
        self.reports = False
        """Whether the charger tells what it draws, in A."""
        self.tells = False
        """Whether it tells what it draws, or that its car draws nothing."""
        self.status = ChargerStatus.LOST
        """What it last said while it was not lost."""
        self._status_since = 0.0
        self._changes: deque[tuple[float, PhaseValues]] = deque(maxlen=CHANGES_KEPT)
        self.begins_to_tell = False
        """Whether it now tells what it draws, or whether it does, and had not before:
        what it was taken to draw was assumed, and the base load beside it as well."""
        self.reported_at = 0.0
        self.arrived_at = 0.0
        self.charged_at = float("-inf")
        """When it last said that its car charges, s."""
        self.phases = UsedPhases(branch, earthing_system)
        self.report_delay = ReportDelay()
        self.raise_seen = RaiseSeen(branch.charger.wiring)
        self.estimate = NO_CURRENT
        self.current = 0.0
        """The A per phase that it draws: the highest of its phases."""

    def _highest(self, drawn: Sequence[float]) -> float:
        a, b, c = drawn
        x, y, z = self.branch.weights
        return max(a / x if x else a, b / y if y else b, c / z if z else c)

    def observe(self, reading: ChargerReading, offset: float, now: float) -> None:
        """Take what the charger reports; `offset` is added to its time."""
        status = reading.status
        if status is not self.status:
            self._note_status(status, now)
        taken_at = reading.current_time
        taken_at = now if taken_at is None else min(taken_at + offset, now)
        if reading.current != self._read:
            self._read = reading.current
            said = on_supply(reading.current, self.branch, self._earthing_system)
            self._note_said(said, taken_at, now)
        reported = None if self._refuted else self._said
        self.reports = reported is not None
        if status in RESTS:
            if reported is None:
                reported, taken_at = NO_CURRENT, now
            elif self._is_left_over(now):
                reported = NO_CURRENT
        elif status is ChargerStatus.DISCONNECTED:
            self.phases.unplug()
            if reported is None:
                self.settle(NO_CURRENT)
            else:
                reported = NO_CURRENT
        if reading.phases and reading.phases_set is None:  # else it may be set anew
            self._recall(reading.phases)
        if reported is not self._reported:
            self._report(reported)
        if reported is not None:
            self._take(reported, taken_at, now)

    def _note_said(self, said: PhaseValues | None, taken_at: float, now: float) -> None:
        if said != self._said:
            # A change is news, whatever its time says: of the phases of a charger that
            # tells only changes, some may never have changed.
            self._said_since = now if self._said else taken_at
            self._said = said
            self._refuted = False

    def _recall(self, phases: int) -> None:
        if self.status is not ChargerStatus.DISCONNECTED:
            self.phases.recall(phases)

    def _take(self, reported: PhaseValues, taken_at: float, now: float) -> None:
        changes, phases = self._changes, self.phases
        taken_at = max(taken_at, self._said_since)
        self.arrived_at = taken_at
        if self.reports and self.report_delay.awaits:
            self.report_delay.observe_report(reported[phases.first], taken_at)
        if not changes or changes[-1][1] != reported:
            changes.append((taken_at, reported))
        self.reported_at = taken_at - self.report_delay.seconds
        if self.status is not ChargerStatus.CHARGING:
            phases.begin_anew()
            return
        self.charged_at = now
        if reported is not phases.learned:
            phases.learn(reported, max(self.reported_at, now - OLDEST_REPORT))

    def _report(self, reported: PhaseValues | None) -> None:
        """Note what it reports now; None: nothing."""
        if self._reported is None:
            self.begins_to_tell = True
        self._reported = reported
        self.tells = reported is not None
        self.reported_by_phase = drawn = NO_CURRENT if reported is None else reported
        self.as_reported = (drawn, drawn, drawn)
        self.reported = self._highest(self.reported_by_phase)

    def _note_status(self, status: ChargerStatus, now: float) -> None:
        if self.status is ChargerStatus.UNKNOWN and status in RESTS:
            self.settle(NO_CURRENT)
            self.begins_to_tell = True
        self.status, self._status_since = status, now

    def _is_left_over(self, now: float) -> bool:
        """Return whether what it shows is left over from a session that has ended.

        Some show their last current until the next one (lbbrhzn/ocpp#235). One that
        still moves is none.
        """
        if not self._said:
            return False
        late = LATEST_REPORT + max(0.0, self.report_delay.seconds)
        ended = self._status_since + late
        return now >= ended > self._said_since

    def may_be_before(self, time: float) -> bool:
        """Return whether its report may be of before `time`, s."""
        return self.reported_at - self.report_delay.doubt < time

    def kept(self, phase: int, high: float, time: float) -> float:
        """Return what it may still draw of what it was taken to draw till `time`, A.

        At most `high`; above that only what it has just told to draw less, where the
        meter was seen to show such later. A start may be told as late as any report is.
        A raise that it does not tell is sooner the house's: many a car leaves untaken
        what it is allocated.
        """
        most = min(self.estimate[phase], high)
        if not self.tells:
            return most
        delay = self.report_delay
        lately = self._reported_before(time - delay.earliest)
        if self._highest(lately) > self.reported:
            return min(self.estimate[phase], max(high, lately[phase]))
        before = self._reported_before(time - delay.doubt)
        if self.reported_at != time or self._highest(before) < USED_FROM:
            return most
        return 0.0

    def refute(self) -> None:
        """Believe no longer what it says, until it says something else."""
        self._refuted = True

    def change_branch(self, branch: Branch) -> None:
        """Let it hang in a branch that is wired as its own, with other figures."""
        self.branch = branch
        self.phases.change_branch(branch)

    def has_changed_since(self, time: float, least: float) -> bool:
        """Return whether what it reports has changed by `least` A on a phase since."""
        reported = self._reported
        if reported is None:
            return False
        before = self._reported_before(time - self.report_delay.seconds)
        return any(abs(a - b) >= least for a, b in zip(reported, before, strict=True))

    def observe_meter(self, base_load: PhaseValues | None, time: float) -> None:
        """Take what the meter before it shows at `time` of it and the base load, A.

        None where the meter is of no use.
        """
        if base_load is None:
            return
        if self.report_delay.awaits:
            first = self.phases.first
            shown = base_load[first] + self.estimate[first]
            self.report_delay.observe_meter(shown, time)
        if not self.reports:
            self._look_for_raise(base_load, time)

    def _look_for_raise(self, base_load: PhaseValues, time: float) -> None:
        beside_others = [
            base + drawn for base, drawn in zip(base_load, self.estimate, strict=True)
        ]
        used = self.raise_seen.observe(
            beside_others,
            time,
            first=self.phases.first,
            charging=self.status is ChargerStatus.CHARGING,
        )
        if used is not None:
            self.phases.see_raise(used.phases, whole=used.whole, now=time)

    def settle(self, drawn: PhaseValues) -> None:
        """Take it to draw this much, A by phase."""
        if drawn is not self.estimate:
            self.estimate = drawn
            self.current = self._highest(drawn)

    def assume(self, current: float) -> None:
        """Take it to draw `current` A on all its phases until more is known."""
        reported = self._reported
        if reported is None:
            a, b, c = self.phases.weights
            reported = PhaseValues(current * a, current * b, current * c)
        self.settle(reported)

    def holds(self, allocated: float) -> list[float]:
        """Return what it holds of each constraint that it loads, A.

        What it was allocated, or what it still draws: a cut frees nothing until it is
        seen.
        """
        a, b, c = self.estimate
        x, y, z = self.phases.weights
        held = (max(x * allocated, a), max(y * allocated, b), max(z * allocated, c))
        by_phase = [held[phase] for phase in self.phases.used]
        limits = self.branch.power_limits
        power = [self.branch.power_weight(held)] * len(limits) if limits else []
        return by_phase * len(self.branch.path) + power + self._held_unbalanced(held)

    def _held_unbalanced(self, held: tuple[float, float, float]) -> list[float]:
        if self.branch.unbalance is None:
            return []
        weights, least = self.phases.weights, min(held)
        return [
            held[phase] - least for phase in PHASES if weights[phase] > min(weights)
        ]

    def bounds(
        self,
        time: float,
        allocated: float,
        status: ChargerStatus,
        since_change: float,
        lately: tuple[float, float],
    ) -> Bounds:
        """Return (least, likeliest, most) it may have drawn at `time`, by phase.

        `allocated` is what it may draw, `since_change` the s since that was changed, and
        `lately` the least and the most that it might draw, as far as it may still show.
        """
        reported = self._reported
        if reported is None:
            if status not in CHARGED:
                return NOTHING
            a, b, c = self.phases.weights
            return unreported_bounds(
                PhaseValues(allocated * a, allocated * b, allocated * c),
                self.estimate,
                status,
                since_change=since_change,
                lag=self.branch.charger.command_lag,
            )
        age = time - self.reported_at
        low = high = reported
        if age < 0:
            before = self._reported_before(time)
            low = PhaseValues(*map(min, before, reported, strict=True))
            high = PhaseValues(*map(max, before, reported, strict=True))
        if status not in CHARGED:
            return low, reported, high
        # A report may be older than it says: since then it may have followed a command.
        doubt = self.report_delay.doubt
        follows = since_change <= TAKEN_FOR + doubt
        a, b, c = self.phases.weights
        least, most = lately
        targets = (allocated * a, allocated * b, allocated * c)
        if (targets == reported and least == most) or (age <= 0 and not follows):
            return low, reported, high
        # To a car that left its allocation untaken no later rise is attributed.
        may_rise = follows or age > FRESH
        rise = RAMP * (max(0.0, age) + doubt if follows else age)
        fall = RAMP * max(0.0, age - FRESH)
        if follows and since_change >= FOLLOWED_AFTER:
            fall += RAMP * doubt
        lows, highs = list(low), list(high)
        for phase, (drawn, weight) in enumerate(zip(reported, (a, b, c), strict=True)):
            lowest, highest = least * weight, most * weight
            if lowest < drawn:
                lows[phase] = min(low[phase], max(lowest, drawn - fall))
            if highest > drawn and may_rise:
                # A car starts from one moment to the next.
                start = 0.0 if drawn >= USED_FROM else self.branch.min_current
                highs[phase] = max(high[phase], min(highest, drawn + rise + start))
        return PhaseValues(*lows), reported, PhaseValues(*highs)

    def _reported_before(self, time: float) -> PhaseValues:
        """Return what was reported of `time`; the oldest that is known, if nothing."""
        delay = self.report_delay.seconds
        for taken_at, reported in reversed(self._changes):
            if taken_at - delay <= time:
                return reported
        return self._changes[0][1]
