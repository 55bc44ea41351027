"""House load: what flows through a node beside the balanced chargers, now and lately."""

from collections import deque

from ..model import PhaseValues

RAISE_AFTER = 30.0
"""s for which headroom must have lasted before it is given away ..."""
LONGEST_PATIENCE = 240.0
"""... and at most so long, where loads have come back again and again."""
RESTLESS_FOR = 600.0
"""s for which a node remembers that something had to be cut."""
ONE_EVENT = 10.0
"""s within which cuts belong to one event."""
REMEMBERED = 300.0
"""s for which house loads are kept."""


class HouseLoad:
    """One node's house load on its three phases, A."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.now: tuple[float, float, float] | None = None
        self._cuts: deque[float] = deque()
        # For each phase (time, load) with falling loads: the first one that is young
        # enough is the highest of a window.
        self._peaks: tuple[deque[tuple[float, float]], ...] = (
            deque(),
            deque(),
            deque(),
        )

    def see(self, load: tuple[float, float, float], time: float) -> None:
        """Take the load of one sample."""
        self.now = load
        for peaks, value in zip(self._peaks, load, strict=True):
            while peaks and peaks[-1][1] <= value:
                peaks.pop()
            peaks.append((time, value))
            while peaks[0][0] < time - REMEMBERED:
                peaks.popleft()

    def disturb(self, time: float) -> None:
        """Remember that the load rose so far that something had to be cut."""
        if not self._cuts or time - self._cuts[-1] >= ONE_EVENT:
            self._cuts.append(time)

    def patience(self, now: float) -> float:
        """Return for how long in s headroom must have lasted before it is given away.

        Loads that come and go (an oven's thermostat) make it longer.
        """
        while self._cuts and self._cuts[0] < now - RESTLESS_FOR:
            self._cuts.popleft()
        return min(RAISE_AFTER * max(1, len(self._cuts)), LONGEST_PATIENCE)

    def forget(self) -> None:
        """Forget the past: after a silence it says nothing of now."""
        for peaks in self._peaks:
            peaks.clear()

    def peak(self, phase: int, since: float) -> float:
        """Return the highest load on a phase since a time; what is now, if none."""
        for time, value in self._peaks[phase]:
            if time >= since:
                return value
        return self.now[phase] if self.now else 0.0

    @property
    def values(self) -> PhaseValues:
        """Return the load now, 0 where nothing was seen."""
        return PhaseValues(*self.now) if self.now else PhaseValues(0.0, 0.0, 0.0)
