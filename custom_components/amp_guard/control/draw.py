"""Who draws what: a charger's draw at the moment of the meter's sample.

A charger's own report is seldom of the very moment of the meter's sample. In between,
its draw can only have moved towards what it was given. Within that range the estimate
is the one that leaves the house load where it was: a step of the meter that a charger
can explain is the charger's, the rest is the house's. A charger that reports nothing
is followed by the meter's steps after its commands alone.
"""

from collections import deque
from collections.abc import Sequence

from ..model import ChargerReading, ChargerStatus, EarthingSystem, PhaseValues
from .lateness import Lateness
from .meter import LATEST_REPORT
from .tree import Branch, Load

RAMP = 8.0
"""A/s: no car moves its draw faster, but for one that starts or stops."""
ABSURD = 1000.0
"""A: no charger draws that."""
FRESH = 1.0
"""s: a younger report of a car that is being cut is taken as it stands. If it drew less
already, the house is taken to draw less for a moment, and a moment frees nothing."""
USED_FROM = 0.5
"""A from which a phase counts as used."""
UNUSED_AFTER = 30.0
"""s after which a phase without current is free (a car starts on one for about 10)."""
TAKEN_FOR = 60.0
"""s for which a grant may still be taken up without any sign before."""
REMEMBERED = 16
"""Changes of what is reported that are kept for samples older than the report."""
CHARGED = (ChargerStatus.WAITING, ChargerStatus.CHARGING, ChargerStatus.UNKNOWN)

_NOTHING = (0.0, 0.0, 0.0)

Weights = tuple[float, float, float]
Bounds = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""The least, the likeliest and the most that is drawn on each phase, A."""


class Draw:
    """One charger's draw on the supply's phases, A."""

    def __init__(self, branch: Branch, earthing_system: EarthingSystem) -> None:
        """Know nothing yet."""
        self.branch = branch
        self._earthing_system = earthing_system
        self._reported: list[float] | None = None
        self._changes: deque[tuple[float, list[float]]] = deque(maxlen=REMEMBERED)
        self._credited_at: float | None = None
        self.reported_at = 0.0
        self._unused_since: list[float | None] = [None, None, None]
        self._first = branch.charger.wiring[0]
        self.lateness = Lateness()
        self.estimate: list[float] = [0.0, 0.0, 0.0]
        self.weights: Weights = branch.weights
        self.load: Load = branch.load(branch.weights)
        self.full_load: Load = self.load

    @property
    def reports(self) -> bool:
        """Return whether the charger tells what it draws."""
        return self._reported is not None

    @property
    def reported(self) -> float:
        """Return the A per phase that it last reported: the highest of its phases."""
        return self._highest(self._reported or _NOTHING)

    @property
    def reported_sum(self) -> float:
        """Return what it last reported, A over all phases."""
        return sum(self._reported or _NOTHING)

    @property
    def current(self) -> float:
        """Return the A per phase it draws: the highest of its phases."""
        return self._highest(self.estimate)

    def _highest(self, drawn: Sequence[float]) -> float:
        a, b, c = drawn
        x, y, z = self.branch.weights
        return max(a / x if x else a, b / y if y else b, c / z if z else c)

    def hear(self, reading: ChargerReading, offset: float, now: float) -> None:
        """Take what the charger reports; `offset` is added to its time."""
        reported = self._on_supply(reading.current)
        if reading.status is ChargerStatus.DISCONNECTED:
            self._use_all()
            reported = reported and [0.0, 0.0, 0.0]
            if reported is None:
                self.estimate = [0.0, 0.0, 0.0]
        self._reported = reported
        if reported is None:
            return
        taken_at = reading.current_time
        taken_at = now if taken_at is None else min(taken_at + offset, now)
        self.lateness.report(reported[self._first], taken_at)
        if not self._changes or self._changes[-1][1] != reported:
            self._changes.append((taken_at, reported))
        self.reported_at = taken_at - self.lateness.seconds
        if reading.status is ChargerStatus.CHARGING:
            self._learn_phases(reported, now)

    def meet(self, house: PhaseValues, time: float) -> None:
        """Take what the meter before it shows at `time` of it and the house, A."""
        first = self._first
        self.lateness.meter(house[first] + self.estimate[first], time)

    def assume(self, current: float) -> None:
        """Take it to draw `current` A on all its phases until more is known."""
        reported = self._reported
        self.estimate = (
            list(reported)
            if reported is not None
            else [current * weight for weight in self.weights]
        )

    def credit(self, time: float) -> None:
        """Note whether at `time` it is taken to draw more than it says."""
        if self._reported is None:
            return
        (a, b, c), (x, y, z) = self.estimate, self._reported
        if a - x <= USED_FROM and b - y <= USED_FROM and c - z <= USED_FROM:
            self._credited_at = None
        elif self._credited_at is None:
            self._credited_at = time

    def take_back(self) -> Sequence[float] | None:
        """Return what it was credited with, A by phase, and no report has shown since.

        Else a car that waits would keep what was the house's, until it starts.
        """
        reported, since = self._reported, self._credited_at
        if since is None or reported is None:
            return None
        changed_at = self._changes[-1][0] - self.lateness.seconds
        if changed_at > since or self.reported_at - since < LATEST_REPORT:
            return None
        estimate, self.estimate = self.estimate, list(reported)
        self._credited_at = None
        return [drawn - said for drawn, said in zip(estimate, reported, strict=True)]

    def bounds(
        self, time: float, given: float, status: ChargerStatus, since_change: float
    ) -> Bounds:
        """Return (least, likeliest, most) it may have drawn at `time`, by phase.

        `given` is what it may draw, `since_change` the s since it was last told.
        """
        reported = self._reported
        if reported is None:
            return self._unreported_bounds(given, status, since_change)
        age = time - self.reported_at
        if age < 0:
            before = self._reported_before(time)
            return (
                [min(a, b) for a, b in zip(before, reported, strict=True)],
                reported,
                [max(a, b) for a, b in zip(before, reported, strict=True)],
            )
        if age == 0:
            return reported, reported, reported
        # A car that left a grant untaken is not credited with the house's next rise.
        may_rise = status in CHARGED and (age > FRESH or since_change <= TAKEN_FOR)
        rise = RAMP * age
        fall = RAMP * max(0.0, age - FRESH)
        low, high = [], []
        for drawn, weight in zip(reported, self.weights, strict=True):
            target = given * weight
            low.append(max(target, drawn - fall) if target < drawn else drawn)
            # A car starts from one moment to the next.
            most = drawn + rise + (0 if drawn >= USED_FROM else self.branch.min_current)
            rises = may_rise and target > drawn
            high.append(min(target, most) if rises else drawn)
        return low, reported, high

    def _reported_before(self, time: float) -> list[float]:
        """Return what was reported of `time`; the oldest that is known, if nothing."""
        late = self.lateness.seconds
        for taken_at, reported in reversed(self._changes):
            if taken_at - late <= time:
                return reported
        return self._changes[0][1]

    def _unreported_bounds(
        self, given: float, status: ChargerStatus, since_change: float
    ) -> Bounds:
        if status not in CHARGED:
            return _NOTHING, _NOTHING, _NOTHING
        targets = [given * weight for weight in self.weights]
        estimate = self.estimate
        if since_change > TAKEN_FOR:
            if status is ChargerStatus.WAITING:
                return _NOTHING, _NOTHING, _NOTHING
            if status is ChargerStatus.CHARGING and not any(estimate):
                # It began late, and nobody saw by how much.
                return targets, targets, targets
            # It had its time to follow: it draws no more than it may.
            settled = [min(a, b) for a, b in zip(estimate, targets, strict=True)]
            return settled, settled, settled
        low = [min(a, b) for a, b in zip(estimate, targets, strict=True)]
        high = [max(a, b) for a, b in zip(estimate, targets, strict=True)]
        lag = 2 * self.branch.charger.command_lag
        return low, (low if since_change > lag else estimate), high

    def _on_supply(self, current: PhaseValues | None) -> list[float] | None:
        """Return a report on the supply's phases; None if it says nothing usable."""
        if current is None:
            return None
        a, b, c = current
        if not (-ABSURD < a < ABSURD and -ABSURD < b < ABSURD and -ABSURD < c < ABSURD):
            return None
        wiring = self.branch.charger.wiring
        if self._earthing_system is EarthingSystem.IT and len(wiring) < len(current):
            # It hangs between two lines, whatever it calls its phases.
            highest = max(0.0, *current)
            return [highest * weight for weight in self.branch.weights]
        drawn = [0.0, 0.0, 0.0]
        for value, phase in zip(current, wiring, strict=False):
            if value > 0:
                drawn[phase] = value
        return drawn

    def _learn_phases(self, reported: Sequence[float], now: float) -> None:
        """Free the phases that the car does not use; take them back when it does."""
        if self._earthing_system is EarthingSystem.IT or max(reported) < 2 * USED_FROM:
            return
        weights = list(self.weights)
        for phase, wired in enumerate(self.branch.weights):
            if reported[phase] >= USED_FROM:
                self._unused_since[phase] = None
                weights[phase] = wired
                continue
            since = self._unused_since[phase]
            if since is None:
                self._unused_since[phase] = now
            elif now - since >= UNUSED_AFTER:
                weights[phase] = 0.0
        if weights != list(self.weights):
            self._use(weights)

    def _use_all(self) -> None:
        self._unused_since = [None, None, None]
        if self.weights != self.branch.weights:
            self._use(self.branch.weights)

    def _use(self, weights: Sequence[float]) -> None:
        self.weights = (weights[0], weights[1], weights[2])
        self.load = self.branch.load(self.weights)


def attribute(
    residual: float,
    lows: Sequence[float],
    likely: Sequence[float],
    highs: Sequence[float],
) -> list[float]:
    """Return what each charger draws on one phase, A.

    `residual` is what the likeliest draws leave unexplained if the house load stayed;
    it goes to those that have slack that way, in proportion.
    """
    if residual > 0:
        slacks = [high - mid for high, mid in zip(highs, likely, strict=True)]
    else:
        slacks = [low - mid for low, mid in zip(lows, likely, strict=True)]
    total = sum(slacks)
    if total == 0.0:
        return list(likely)
    share = min(1.0, residual / total)
    return [mid + slack * share for mid, slack in zip(likely, slacks, strict=True)]
