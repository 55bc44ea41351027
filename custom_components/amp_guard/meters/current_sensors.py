"""Whether a meter's current sensors sit as they should, by what the chargers report.

When a car begins to draw more on a phase, the meter must show it there. A phase that
goes down instead has its sensor turned round; one that stays, while another goes up,
has its sensor on the other's conductor. The base load changes too, so only what is seen
again and again counts, and one time that all is right takes it back.
"""

from collections import deque
from typing import NamedTuple

from ..model import Phase, PhaseValues

STEP = 5.0
"""A by which the chargers must change on a phase: mostly the base load changes less."""
TOLERANCE = 2.0
"""A by which the meter may be off such a step."""
REPORT_DELAY = 30.0
"""s by which a charger's report may follow what the meter has shown."""
SETTLING_TIME = 20.0
"""s after a step in which cars may ramp up and meters may lag."""
MEMORY = 180.0
"""s for which figures are kept."""
EVIDENCE = 3
"""Times in a row that the same must be seen."""


class Misplaced(NamedTuple):
    """A phase whose sensor sits wrong; `on` is where it seems to sit, None: turned."""

    phase: Phase
    on: Phase | None


class _Moment(NamedTuple):
    time: float
    drawn: PhaseValues
    measured: PhaseValues


class CurrentSensors:
    """Compares the steps of the chargers with those of the meter.

    `misplaced` is what was found so far: nothing to start with.
    """

    def __init__(self) -> None:
        self.misplaced: frozenset[Misplaced] = frozenset()
        self._past: deque[_Moment] = deque()
        self._stepped_at: float | None = None
        self._suspected: dict[Misplaced, int] = {}

    def take(self, time: float, drawn: PhaseValues, measured: PhaseValues) -> None:
        """Take what the chargers report to draw and what the meter shows.

        A on the supply's phases at `time`, s; the meter's with its sign.
        """
        if self._past and time <= self._past[-1].time:
            return
        if self._past and _differ(drawn, self._past[-1].drawn):
            self._stepped_at = time
        self._past.append(_Moment(time, drawn, measured))
        while self._past[0].time < time - MEMORY:
            self._past.popleft()
        if self._stepped_at is None or time - self._stepped_at < SETTLING_TIME:
            return
        if (before := self._before_the_step()) is not None:
            self._judge(before, self._past[-1])
        self._stepped_at = None

    def _before_the_step(self) -> _Moment | None:
        """Return the last moment that no later report can belong to."""
        stepped_at = self._stepped_at or 0.0
        quiet = [m for m in self._past if m.time <= stepped_at - REPORT_DELAY]
        between = [
            m for m in self._past if stepped_at - REPORT_DELAY < m.time < stepped_at
        ]
        if not quiet or any(_differ(m.drawn, quiet[-1].drawn) for m in between):
            return None
        return quiet[-1]

    def _judge(self, before: _Moment, now: _Moment) -> None:
        steps = _minus(now.drawn, before.drawn)
        shown = _minus(now.measured, before.measured)
        for phase in Phase:
            if abs(steps[phase]) < STEP:
                continue
            if abs(shown[phase] - steps[phase]) <= TOLERANCE:
                self._clear(phase)
            elif abs(shown[phase] + steps[phase]) <= TOLERANCE:
                self._suspect(Misplaced(phase, None))
            elif abs(shown[phase]) <= TOLERANCE:
                others = [
                    other
                    for other in Phase
                    if abs(steps[other]) < TOLERANCE
                    and abs(shown[other] - steps[phase]) <= TOLERANCE
                ]
                if len(others) == 1:
                    self._suspect(Misplaced(phase, others[0]))
        found = {each for each, times in self._suspected.items() if times >= EVIDENCE}
        self.misplaced = frozenset(found)

    def _suspect(self, misplaced: Misplaced) -> None:
        times = self._suspected.get(misplaced, 0)
        self._clear(misplaced.phase)
        self._suspected[misplaced] = times + 1

    def _clear(self, phase: Phase) -> None:
        self._suspected = {
            m: n for m, n in self._suspected.items() if m.phase is not phase
        }


def _differ(one: PhaseValues, other: PhaseValues) -> bool:
    return any(abs(a - b) > 1.0 for a, b in zip(one, other, strict=True))


def _minus(one: PhaseValues, other: PhaseValues) -> PhaseValues:
    return PhaseValues(*(a - b for a, b in zip(one, other, strict=True)))
