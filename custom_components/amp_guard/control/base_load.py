"""Base load: what flows through a node beside the balanced chargers, now and lately."""

from collections import deque
from collections.abc import Sequence

from ..model import PhaseValues
from .inrush import Inrush

SETTLING_TIME = 30.0
"""s for which headroom must have lasted before it is allocated ..."""
INTERVALS_SEEN = 2.0
"""... and in three samples where a meter is slow: two may both have met a load that comes
and goes while it was away ..."""
LONGEST_SETTLING_TIME = 120.0
"""... doubled up to this by each raise that turned out to be in vain ..."""
REGRETTED_FOR = 3600.0
"""... for so many s."""
WORTH = 5.0
"""Times as long as it takes to be taken back that a raise should stand at least."""
KEPT_FOR = 300.0
"""s for which base loads are kept."""

_NEVER = float("-inf")


class BaseLoad:
    """One node's base load on its three phases, A."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.now: tuple[float, float, float] | None = None
        self.interval = 1.0
        """s between the samples of its meter."""
        self.inrush = (Inrush(), Inrush(), Inrush())
        self._worth_from = self._forgot_at = _NEVER
        self._regrets: deque[float] = deque()
        # For each phase (time, load) with falling loads: the first one that is young
        # enough is the highest of a window.
        self._highs: tuple[deque[tuple[float, float]], ...] = (
            deque(),
            deque(),
            deque(),
        )

    def observe(self, load: tuple[float, float, float], time: float) -> None:
        """Take the load of one sample."""
        self.now = load
        for inrush, highs, value in zip(self.inrush, self._highs, load, strict=True):
            inrush.observe(value, time)
            while highs and highs[-1][1] <= value:
                highs.pop()
            highs.append((time, value))
            while highs[0][0] < time - KEPT_FOR:
                highs.popleft()

    def correct(self, more: Sequence[float]) -> None:
        """Take the load last seen to have been so much more, A by phase."""
        if self.now is not None:
            a, b, c = (x + y for x, y in zip(self.now, more, strict=True))
            self.now = (a, b, c)

    def note_raise(self, lag: float, time: float) -> None:
        """Remember that more was allocated below this node.

        A cut lands `lag` s after it is decided on.
        """
        settling_time = self.settling_time(time)
        self._worth_from = time + max(settling_time, WORTH * (lag + self.interval))

    def note_overload(self, time: float) -> None:
        """Remember that the limit was passed, and if a raise was in vain."""
        if time <= self._worth_from:
            self._regrets.append(time)
            self._worth_from = _NEVER

    def settling_time(self, now: float) -> float:
        """Return for how long in s headroom must have lasted before it is allocated.

        Loads that come and go (an oven's thermostat) make it longer.
        """
        regrets = self._regrets
        while regrets and regrets[0] < now - REGRETTED_FOR:
            regrets.popleft()
        settling = min(SETTLING_TIME * 2.0 ** len(regrets), LONGEST_SETTLING_TIME)
        return max(settling, INTERVALS_SEEN * self.interval)

    def forget(self, time: float) -> None:
        """Forget the past: after a silence it says nothing of now."""
        self._forgot_at = time
        for highs in self._highs:
            highs.clear()

    def knows(self, since: float) -> bool:
        """Return whether there was no silence since a time."""
        return self._forgot_at <= since

    def highest(self, phase: int, since: float) -> float:
        """Return the highest load on a phase since a time; what is now, if none."""
        for time, value in self._highs[phase]:
            if time >= since:
                return value
        return self.now[phase] if self.now else 0.0

    @property
    def values(self) -> PhaseValues:
        """Return the load now, 0 where nothing was seen."""
        return PhaseValues(*self.now) if self.now else PhaseValues(0.0, 0.0, 0.0)
