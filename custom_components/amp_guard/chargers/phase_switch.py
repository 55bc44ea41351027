"""How many phases one charger is told to use, and when.

Pure: events in, what is to be sent out, time (s) an argument. It is told only while it
shows that it is paused: not only for its contacts' sake. Lektrico's integration writes
the limit that it last read along with the phases, and would end a pause that it has not
seen yet. While one is under way no car is let on.
"""

FIRST_PAUSE = 5.0
"""s until what failed is tried again, doubled each time ..."""
LONGEST_PAUSE = 60.0
"""... up to this."""
PATIENCE = 60.0
"""s after which an attempt that hangs is waited for no longer."""


class PhaseSwitch:
    """What becomes of one charger's orders to use so many phases."""

    def __init__(self, settles: float) -> None:
        """Take for how long (s) after it was told a charger may show what was before."""
        self._settles = settles
        self._ordered: int | None = None
        self._sent_at = float("-inf")
        self._again_at = float("-inf")
        self._hangs = False
        self._failures = 0

    def order(self, phases: int | None) -> None:
        """Take how many it is to use, None where it stays as it is."""
        if phases != self._ordered:
            self._ordered, self._failures = phases, 0
            self._again_at = float("-inf")

    def take(self, shown: int | None, now: float, *, is_paused: bool) -> int | None:
        """Return what is to be sent now, None where nothing is.

        `shown` is how many it shows that it uses, None where it does not show it.
        """
        ordered = self._ordered
        if shown == ordered and not self.is_under_way(now):
            self._failures = 0
        if (
            (ordered is None or shown is None or shown == ordered)
            or (self.is_under_way(now) or now < self._again_at)
            or not is_paused
        ):
            return None
        self._sent_at, self._hangs = now, True
        self._again_at = now + self._settles
        return ordered

    def ended(self, now: float, *, taken: bool) -> None:
        """Take that the charger, or its integration, took it or did not."""
        self._hangs = False
        if not taken:
            pause = min(FIRST_PAUSE * 2.0**self._failures, LONGEST_PAUSE)
            self._failures += 1
            self._again_at = now + pause

    def is_under_way(self, now: float) -> bool:
        """Whether it may be switched at any moment."""
        return self._hangs and now - self._sent_at < PATIENCE

    @property
    def is_failing(self) -> bool:
        """Whether it does not take what is ordered."""
        return self._failures > 0 and self._ordered is not None

    def wakes_at(self, now: float) -> float | None:
        """Return when to look again, s; None where only news matters."""
        if self.is_under_way(now):
            return self._sent_at + PATIENCE
        return self._again_at if self._ordered and self._again_at > now else None
