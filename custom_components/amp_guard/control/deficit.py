"""Deficit: a phase that shows less than the chargers on it report.

Where nothing feeds in, that cannot be. But a report may be old: a car that has stopped
by itself still shows for as long as its charger's next report takes. So the phase is in
question from the first sample on, and convicted only by a charger that says that it
charges in a report which must be newer than the beginning.
"""

from collections.abc import Sequence
from math import sqrt

from ..model import ChargerStatus
from .connector import Connector

ROUNDING = 1.0
"""A by which a phase and a report may be rounded, together."""
INACCURACY = 0.05
"""Part of its current by which a charger's report may be off ..."""
OFFSET = 0.5
"""... and A beside that; several are off to both sides."""
GOOD_FOR = 30.0
"""s for which a phase must show what chargers draw on it to be believed again (twice as
long after each further time that it was not) ..."""
LONGEST_GOOD_FOR = 3600.0
"""... at most ..."""
LIFE = 2.0
"""... and A by which it must have moved since: one that stands still tells nothing."""
LEAST_DRAWN = 4.0
"""A that chargers must draw on a phase, so that what it shows tells something."""
AS_MUCH = 0.5
"""A by which chargers may draw less than when the phase last showed too little, so that what
it shows speaks for it: else it is only the cut that has ended the deficit ..."""
IN_QUESTION_FOR = 180.0
"""... and s for which a phase that was never convicted stays in question for that ..."""
LASTED = 60.0
"""... where the deficit had lasted for so many s: a report that is late brings a short one."""


def tolerance(reported: float, reporters: int) -> float:
    """Return by how much A a phase may show less than chargers report on it."""
    return ROUNDING + INACCURACY * reported + OFFSET * sqrt(reporters)


def is_newer(connector: Connector, time: float) -> bool:
    """Return whether what a charger says must be newer than that time, s.

    It has had the time to be told, or shows that a later cut was followed.
    """
    draw = connector.draw
    told = draw.arrived_at > time + draw.report_delay.oldest
    return told or connector.following.obeyed_at > time


class Deficit:
    """One phase of a meter beside the chargers on it. Currents in A, times in s."""

    def __init__(self) -> None:
        """Start with nothing held against the phase."""
        self.since: float | None = None
        """Since when the phase shows less; None while it does not."""
        self.convicted = False
        self.tested = False
        """Whether a charger is lowered to show whether it draws what it says: what the
        phase shows meanwhile speaks neither for it nor against it."""
        self._times = 0
        self._good_since: float | None = None
        self._short_of = self._short_at = 0.0
        self._shown: tuple[float, float] = (0.0, 0.0)

    def clear(self) -> None:
        """Hold nothing against the phase any longer."""
        self.since = None
        self.convicted = False
        self._good_since = None

    def hold_against(
        self,
        phase: int,
        shown: float,
        chargers: Sequence[Connector],
        *,
        time: float,
        now: float,
    ) -> None:
        """Compare what the phase shows with the least that the chargers draw there."""
        least, proven, reporters, provers = 0.0, 0.0, 0, 0
        for connector in chargers:
            draw = connector.draw
            if connector.lost or not draw.reports:
                continue
            low, _, _ = connector.draw_bounds(time, now)
            if low[phase] <= 0:
                continue
            least += low[phase]
            reporters += 1
            if (
                self.since is not None
                and connector.status is ChargerStatus.CHARGING
                and is_newer(connector, self.since)
            ):
                proven += low[phase]
                provers += 1
        if least < LEAST_DRAWN or shown + tolerance(least, reporters) >= least:
            self.note_none(shown, least, time)
            return
        self._good_since = None
        if self.since is None:
            self.since = time
        self._short_of, self._short_at = least, time
        self._note_shown(shown)
        if proven >= LEAST_DRAWN and shown + tolerance(proven, provers) < proven:
            self.convict()

    def convict(self) -> None:
        """Believe no longer what the phase shows."""
        if not self.convicted:
            self.convicted = True
            self._times += 1

    def note_none(self, shown: float, drawn: float, time: float) -> None:
        """Take that the phase shows what is `drawn` on it at the least."""
        if self.since is None and not self.convicted:
            self._shown = (shown, shown)
            return
        tells_nothing = LEAST_DRAWN <= drawn < self._short_of - AS_MUCH
        self._note_shown(shown)
        if not self.convicted:
            stays = self.tested or (tells_nothing and self._stays_in_question(time))
            if not stays:
                self.since = None
            return
        self.since = None
        if tells_nothing:
            self._good_since = None
            return
        lowest, highest = self._shown
        # Where nobody may draw, only that it lives can be seen: that takes more.
        needed = LIFE if drawn >= LEAST_DRAWN else 2 * LIFE
        if self._good_since is None:
            self._good_since = time
        good_for = min(GOOD_FOR * 2.0 ** (self._times - 1), LONGEST_GOOD_FOR)
        if highest - lowest >= needed and time - self._good_since >= good_for:
            self.clear()

    def _stays_in_question(self, time: float) -> bool:
        """Return whether a deficit lasted, and began not too long ago."""
        since = self.since
        if since is None or self._short_at - since < LASTED:
            return False
        return time - since < IN_QUESTION_FOR

    def _note_shown(self, shown: float) -> None:
        """Note between what it has moved since it was convicted."""
        if not self.convicted:
            self._shown = (shown, shown)
            return
        lowest, highest = self._shown
        self._shown = (min(lowest, shown), max(highest, shown))
