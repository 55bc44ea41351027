"""Lines of an IT net: what two of them say of the third.

There is no neutral, so the three currents sum up to nothing at every moment: each is at
most the sum of the two others. Where all loads hang between lines and nothing feeds in,
the two others are at most 60° apart, and the third is at most their sum at that angle.
"""

from math import sqrt

from ..model import NO_CURRENT, Phase, PhaseValues

ROUNDING = 1.5
"""A by which three figures that are rounded may contradict each other ..."""
INACCURACY = 0.05
"""... and the part of the highest by which they may be off beside that."""
CONTRADICTIONS = 3
"""Samples in a row that must contradict: one may be half updated ..."""
CONTRADICTS_FOR = 10.0
"""... and the s for which they must."""
NOTHING = 0.5
"""A that a line shows at the most which shows nothing ..."""
SOMETHING = 2.0
"""... and at the least one that shows something, or that moves."""
BELIEVED_AFTER = 60.0
"""s without a contradiction after which a line that moves is believed again."""


def most_of_third(one: float, other: float, *, feeds_in: bool) -> float:
    """Return the most that the third line carries beside two others, A.

    Where something feeds in, the angle between them can be anything.
    """
    one, other = abs(one), abs(other)
    return one + other if feeds_in else sqrt(one * one + other * other + one * other)


class Lines:
    """Holds the lines of one meter against each other. Currents in A, times in s.

    `impossible` are those that are not believed: the one of a contradiction that shows
    too little, or both that it may be. One of them is right, so each is bounded by what
    the two others show.
    """

    def __init__(self) -> None:
        """Start with no contradiction seen."""
        self.impossible: tuple[Phase, ...] = ()
        self.contradict = False
        """Whether the last sample contradicts itself."""
        self._contradictions = 0
        self._since = 0.0
        self._agree_since: float | None = None
        self._lowest = self._highest = NO_CURRENT

    def take(self, current: PhaseValues, time: float) -> None:
        """Take a sample in which all three lines are measured."""
        a, b, c = (abs(value) for value in current)
        highest = max(a, b, c)
        rest = a + b + c - highest
        self.contradict = highest > rest + ROUNDING + INACCURACY * highest
        if self.contradict:
            self._note_contradiction(PhaseValues(a, b, c), time)
        else:
            self._contradictions = 0
            if self.impossible:
                self._note_agreement(PhaseValues(a, b, c), time)

    def _note_contradiction(self, current: PhaseValues, time: float) -> None:
        self._agree_since = None
        if self._contradictions == 0:
            self._since = time
        self._contradictions += 1
        if len(self.impossible) == 1:
            return
        lasts = time - self._since >= CONTRADICTS_FOR
        if lasts and self._contradictions >= CONTRADICTIONS:
            self.impossible = self._too_low(current)

    def _too_low(self, current: PhaseValues) -> tuple[Phase, ...]:
        """Return the one of the two lower lines that shows nothing; else both."""
        lower, other = sorted(Phase, key=current.__getitem__)[:2]
        shows_nothing = current[lower] <= NOTHING and current[other] >= SOMETHING
        return (lower,) if shows_nothing else (lower, other)

    def _note_agreement(self, current: PhaseValues, time: float) -> None:
        """Believe again those that have moved for long without a contradiction."""
        if self._agree_since is None:
            self._agree_since = time
            self._lowest = self._highest = current
        self._lowest = PhaseValues(*map(min, self._lowest, current, strict=True))
        self._highest = PhaseValues(*map(max, self._highest, current, strict=True))
        if time - self._agree_since >= BELIEVED_AFTER and all(
            self._moved(line) >= SOMETHING for line in self.impossible
        ):
            self.impossible = ()

    def _moved(self, line: Phase) -> float:
        return self._highest[line] - self._lowest[line]
