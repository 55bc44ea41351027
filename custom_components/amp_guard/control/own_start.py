"""A start by itself: a rise of just what a car would take is its own until it says otherwise.

A car that begins late, or goes on after it has interrupted itself, is seen by the meter
before its report comes. Taken for a rise of the base load it would be cut, or paused, for
itself. It never explains more than it was allowed; a report that must be newer, and shows
nothing, refutes it: then it was the house.
"""

from collections.abc import Sequence

from ..model import NO_CURRENT, Phase, PhaseValues
from .phases import UsedPhases
from .step_response import USED_FROM

TOLERANCE = 1.0
"""A by which phases of one car differ, or what else the house does meanwhile."""
AGREEING = 2
"""Phases that rise alike, as those of one car do and loads of a house seldom."""


class OwnStart:
    """Whether one car has started by itself. Currents in A by phase."""

    def __init__(self) -> None:
        """Start with a car that draws what it reports."""
        self.forget()

    def forget(self) -> None:
        """Forget the car, and what was taken for its start."""
        self.drawn: PhaseValues | None = None
        """What it was seen to start with; None: it has not, or its report says so too."""
        self.at = float("-inf")
        """When it was seen to start, s."""
        self.drew: Sequence[float] = NO_CURRENT
        """What it last reported while it drew."""

    def note_report(self, reported: Sequence[float]) -> None:
        """Take what it reports: where it draws, there is nothing more to be told."""
        a, b, c = reported
        if a >= USED_FROM or b >= USED_FROM or c >= USED_FROM:
            self.drew, self.drawn = reported, None

    def explains(
        self,
        rise: Sequence[float],
        before: Sequence[float],
        *,
        phases: UsedPhases,
        least: float,
        most: float,
        time: float,
    ) -> bool:
        """Return whether a rise is a start of its car, which drew what it did `before`.

        It may take `least` to `most`, on all its phases at once or, at first, on one.
        """
        flows = [had + more for had, more in zip(before, rise, strict=True)]
        for used in (phases.used, [phases.first]):
            if min(before[phase] for phase in used) >= USED_FROM:
                continue
            level = min(flows[phase] for phase in used)
            if not least - TOLERANCE <= level <= most + TOLERANCE:
                continue
            quiet = all(
                abs(more) <= TOLERANCE
                for phase, more in enumerate(rise)
                if phase not in used
            )
            if self._is_sure(level, [flows[p] for p in used], quiet, least, most):
                self.at = time
                a, b, c = (min(level, most) * (phase in used) for phase in Phase)
                self.drawn = PhaseValues(a, b, c)
                return True
        return False

    def _is_sure(
        self,
        level: float,
        flows: Sequence[float],
        quiet: bool,
        least: float,
        most: float,
    ) -> bool:
        """Return whether a rise to `level` could hardly be the house's.

        A car that goes on takes what it did, and passes what is below on its way.
        """
        if sum(flow - level <= TOLERANCE for flow in flows) >= AGREEING:
            return True
        drew = min(max(self.drew), most)
        if drew >= USED_FROM:
            return abs(level - drew) <= TOLERANCE or (quiet and level <= drew)
        return quiet and min(abs(level - least), abs(level - most)) <= TOLERANCE
