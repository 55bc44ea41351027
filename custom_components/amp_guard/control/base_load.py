"""Base load: what flows through a node beside the balanced chargers, now and lately."""

from collections import deque
from collections.abc import Sequence

from ..model import NO_CURRENT, PhaseValues
from .inrush import Inrush
from .patience import WAITS, Patience, Use, weigh

INTERVALS_SEEN = 2.0
"""Intervals that every wait lasts at least, so three samples: two may both have met a load
that comes and goes while it was away."""
LOADS_KEPT = 480.0
"""s for which the past is known: nobody looks back for longer."""
_NEVER = float("-inf")


class BaseLoad:
    """One node's base load on its three phases, A."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.now: tuple[float, float, float] | None = None
        self.shown = (0.0, 0.0, 0.0)
        """What the newest sample shows of it, also of a phase that is not believed."""
        self.interval = 0.0
        self.note_interval(1.0)
        self.inrush = (Inrush(), Inrush(), Inrush())
        self.patience = (Patience(), Patience(), Patience())
        self._forgot_at = self._seen_at = _NEVER
        # For each phase (time, load) with falling loads: the first one that is young
        # enough is the highest of a window.
        self._highs: tuple[deque[tuple[float, float]], ...] = (
            deque(),
            deque(),
            deque(),
        )

    def note_interval(self, interval: float) -> None:
        """Take the s between the samples of its meter."""
        if interval == self.interval:
            return
        self.interval = interval
        seen = INTERVALS_SEEN * interval
        self._waits = tuple(max(wait, seen) for wait in WAITS)

    def observe(
        self, load: tuple[float, float, float], time: float, *, limit: float, use: Use
    ) -> None:
        """Take the load of one sample, and what could be made of the rest of the `limit`."""
        self.now = load
        passed = time - self._seen_at
        waits = self._waits
        oldest = time - max(waits[-1], LOADS_KEPT)
        weight = None
        if 0.0 < passed <= waits[0]:
            weight = weigh(use, interval=self.interval, passed=passed)
        for phase, value in enumerate(load):
            self.inrush[phase].observe(value, time)
            highs = self._highs[phase]
            if weight is not None and highs and use.most[phase] > 0.0:
                self.patience[phase].learn(
                    value,
                    self._within_waits(phase),
                    limit=limit,
                    most=use.most[phase],
                    weight=weight,
                )
            while highs and highs[-1][1] <= value:
                highs.pop()
            highs.append((time, value))
            while highs[0][0] < oldest:
                highs.popleft()
        self._seen_at = time

    def _within_waits(self, phase: int) -> list[float]:
        """Return the highest load within each of the waits until the sample before."""
        seen_at, (at, highest) = self._seen_at, self._highs[phase][0]
        return [
            highest if at >= seen_at - wait else self.highest(phase, seen_at - wait)
            for wait in self._waits
        ]

    def correct(self, more: Sequence[float]) -> None:
        """Take the load last seen to have been so much more, A by phase."""
        if self.now is not None:
            a, b, c = (x + y for x, y in zip(self.now, more, strict=True))
            self.now = (a, b, c)

    def settling_time(self, phase: int) -> float:
        """Return for how long in s headroom must have lasted before it is allocated."""
        return self._waits[self.patience[phase].wait]

    def lasting(self, phase: int, now: float) -> float:
        """Return the load that what is allocated leaves room for, A."""
        since = now - self._waits[self.patience[phase].wait]
        highs = self._highs[phase]
        if highs and highs[0][0] >= since:
            return highs[0][1]
        return self.highest(phase, since)

    def forget(self, time: float) -> None:
        """Forget the past: after a silence it says nothing of now."""
        self._forgot_at = time
        for highs in self._highs:
            highs.clear()

    def is_settled(self, now: float) -> bool:
        """Return whether there was no silence within the shortest of the waits."""
        return self._forgot_at <= now - self._waits[0]

    def highest(self, phase: int, since: float) -> float:
        """Return the highest load on a phase since a time; what is now, if none."""
        for time, value in self._highs[phase]:
            if time >= since:
                return value
        return self.now[phase] if self.now else 0.0

    @property
    def values(self) -> PhaseValues:
        """Return the load now, 0 where nothing was seen."""
        return PhaseValues(*self.now) if self.now else NO_CURRENT
