"""Commands: what one charger was sent, what of it may be in force, and when again.

What is *allocated* is *commanded*: sent, in doubt, or held back for a while. What is
*in force* may be neither. Where nobody tells what became of a command, it is taken to
have been sent and taken at once.
"""

from ..model import Commanded
from .reading import sensible_command
from .tree import Branch

SHOWN_LIMIT_TOLERANCE = 0.5
"""A by which the limit that may be in force may exceed the one that was allocated."""
VALID_FOR = 400.0
"""s after which an expiring limit falls back to the offline limit by itself."""
LONGEST_PAUSE = 300.0
"""s at most between two times that the same is commanded ..."""
LONGEST_PAUSE_OVERCOMMITTED = 60.0
"""... or this, while a fuse waits for it."""
MOST_DOUBLINGS = 10

NEVER, FOREVER = float("-inf"), float("inf")


class Command:
    """What became of one charger's allocations. Currents in A per phase, times in s."""

    def __init__(self, branch: Branch) -> None:
        """Start with nothing commanded."""
        self.branch = branch
        self.at = NEVER
        """When it was commanded last."""
        self.stands = False
        """Whether that was while it was lost, so that it has not arrived."""
        self.commanded: Commanded | None = None
        """What became of its commands; None: nobody tells."""
        self._times = 0
        self._in_reach = (branch.max_current, FOREVER)

    def observe(self, commanded: Commanded | None) -> None:
        """Take what became of what was commanded."""
        self.commanded = None if commanded is None else sensible_command(commanded)

    @property
    def may_hold(self) -> float | None:
        """Return the highest limit that may be in force, A; None: nobody tells."""
        return None if self.commanded is None else self.commanded.may_hold

    def sent(self, allocated: float) -> float:
        """Return what was sent last, A; what is `allocated` where nobody tells."""
        commanded = self.commanded
        if commanded is None or commanded.current is None:
            return allocated
        return commanded.current

    def in_force(self, allocated: float) -> float:
        """Return the higher of what is `allocated` and what may be in force, A."""
        may_hold = self.may_hold
        if may_hold is None or may_hold <= allocated + SHOWN_LIMIT_TOLERANCE:
            return allocated
        return may_hold

    # --- while it is lost ------------------------------------------------------------

    def note_in_reach(self, allocated: float) -> None:
        """Remember what it has while it can be reached."""
        self._in_reach = (allocated, self.at)

    def in_force_unseen(self, allocated: float, now: float) -> float:
        """Return the most that may be in force while it is lost, A.

        0 says that it is paused, or that all it was commanded has expired; its maximum
        that it was never read. A raise that is held back may still be sent.
        """
        may_hold = self.may_hold
        if may_hold is not None:
            is_held_back = self.sent(allocated) < allocated
            return max(may_hold, allocated) if is_held_back else may_hold
        current, at = self._in_reach
        return max(
            0.0 if self._has_expired(at, now) else current,
            0.0 if self._has_expired(self.at, now) else allocated,
        )

    def _has_expired(self, at: float, now: float) -> bool:
        return self.branch.charger.expiring_limit and now - at > VALID_FOR

    # --- again -----------------------------------------------------------------------

    def begin_anew(self) -> None:
        """Forget how often it was commanded the same: something else is to be."""
        self._times = 0

    def note(self, now: float, *, lost: bool) -> None:
        """Remember that it is commanded now, while it can be reached or is `lost`."""
        self.at = now
        self.stands = lost
        self._times += 1

    def note_heeded(self) -> None:
        """Let the pauses begin anew: it does what it was commanded."""
        self._times = min(self._times, 1)

    def is_half_expired(self, now: float) -> bool:
        """Return whether a limit that expires is to be renewed."""
        return now - self.at >= VALID_FOR / 2

    def may_repeat(self, first: float, *, overcommitted: bool, now: float) -> bool:
        """Return whether the same may be commanded again.

        The `first` pause, s, doubles each time, up to a length that depends on whether
        a fuse waits for it.
        """
        longest = LONGEST_PAUSE_OVERCOMMITTED if overcommitted else LONGEST_PAUSE
        doublings = min(max(0, self._times - 1), MOST_DOUBLINGS)
        return now - self.at >= min(first * 2.0**doublings, max(first, longest))
