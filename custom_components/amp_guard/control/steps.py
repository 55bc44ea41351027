"""Steps: which phases of a meter answer when the chargers on them change what they draw.

When a car begins to draw more on a phase, the meter must show it there. A phase that
shows nothing of it stands still; one that goes the other way has its current sensor
turned round; where another phase goes up instead, the two are swapped, or the charger is
wired otherwise than is set. The base load changes too, and a report may be late: so what
counts is the way between the moments around and not only both ends, only what is seen
again and again convicts, and one right answer acquits.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import islice
from typing import NamedTuple

from ..model import EarthingSystem, Phase, PhaseValues
from .connector import Connector
from .constraint import PHASES
from .meter import LATEST_REPORT, LATEST_SAMPLE

LEAST_STEP = 4.0
"""A by which the chargers must change on a phase: smaller ones drown in the base load."""
STIR = 1.0
"""A by which what chargers report may change and still counts as unchanged."""
LONGEST_STEP = 60.0
"""s that chargers may take for a step; longer ones are none."""
KEPT_FOR = 180.0
"""s for which samples are kept."""
UNMOVED = 0.35
"""Part of a step that a phase goes at most that has not gone with it, or against it."""
STILL = 0.2
"""Part of a step that a phase moves at most which stands still ..."""
STILL_BESIDE_SOURCE = 0.35
"""... and A where something feeds in: a battery may keep a phase nearly at nothing."""


class Answer(Enum):
    """How a phase answered to a step of the chargers on it."""

    RIGHT = "right"
    NONE = "none"
    OPPOSITE = "opposite"
    ELSEWHERE = "elsewhere"


EVIDENCE = {Answer.NONE: 2, Answer.OPPOSITE: 3, Answer.ELSEWHERE: 3}
"""Times in a row that the same must be seen."""
EVIDENCE_BESIDE_SOURCE = 4
"""Times that a phase must stand still where something feeds in."""
EVIDENCE_OF_WIRING = 3


class Seen(NamedTuple):
    """An answer; `on` is the phase that answered in the place of another."""

    answer: Answer
    on: Phase | None = None


class _Way(NamedTuple):
    """How far a phase went up and down in some time, and between what, A."""

    rise: float
    fall: float
    lowest: float
    highest: float

    def towards(self, step: float) -> float:
        return self.rise if step > 0 else self.fall

    def against(self, step: float) -> float:
        return self.fall if step > 0 else self.rise

    def answers(self, step: float, least: float, most: float) -> bool:
        """Return whether it went from `least` to `most` A with the step.

        Where a phase shows export it must not have gone the other way as well: one that
        is turned round does, and a load that comes or goes is then no answer.
        """
        if not least <= self.towards(step) <= most:
            return False
        return self.lowest >= -STIR or self.against(step) < UNMOVED * abs(step)

    @property
    def span(self) -> float:
        return self.highest - self.lowest


class _Level:
    """What the chargers report on one phase, A, as a row of levels and steps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.before = 0.0
        self.began: float | None = None
        self.stirred = self.settled = float("-inf")

    def stir(self, current: float, time: float) -> None:
        if self.began is None:
            self.began, self.before = time, self.now
        self.now, self.stirred = current, time


class Steps:
    """Compares the steps of the chargers behind a meter with what it shows.

    `found` is what was seen of a phase again and again, `wiring` the same of chargers.
    Currents in A, times in s.
    """

    def __init__(self, earthing_system: EarthingSystem) -> None:
        """Start with nothing seen."""
        self.found: dict[Phase, Seen] = {}
        self.wiring: dict[str, tuple[Phase, ...]] = {}
        self._is_it = earthing_system is EarthingSystem.IT
        self._past: deque[tuple[float, PhaseValues]] = deque()
        self._levels = (_Level(), _Level(), _Level())
        self._reporters = -1
        self._suspected: dict[Phase, tuple[Seen, int]] = {}
        self._wired: dict[str, tuple[tuple[Phase, ...], int]] = {}

    def take(
        self,
        time: float,
        shown: PhaseValues,
        reported: Sequence[float],
        *,
        chargers: Sequence[Connector],
        reporters: int,
        interval: float,
        feeds_in: bool,
    ) -> list[Phase]:
        """Take a sample and what the `chargers` report; return who answered right.

        `feeds_in` says whether something but chargers and loads moves the phases, as a
        battery does that keeps them at nothing.
        """
        past = self._past
        past.append((time, shown))
        while past[0][0] < time - KEPT_FOR:
            past.popleft()
        if reporters != self._reporters:
            self._begin_anew(reported, reporters, time)
            return []
        settles = max(LATEST_SAMPLE, 2 * interval)
        over = []
        for phase, level, current in zip(PHASES, self._levels, reported, strict=True):
            if not -STIR <= current - level.now <= STIR:
                level.stir(current, time)
            elif level.began is not None and time - level.stirred >= settles:
                over.append(phase)
        if not over:
            return []
        if feeds_in and self._is_it:
            return self._settle(over, time, [])
        stepped = self._who_stepped(over, chargers, settles)
        if stepped is None:
            return self._settle(over, time, [])
        seen = self._judge(over, chargers, settles, feeds_in=feeds_in)
        self._note_wiring(over, seen, stepped)
        right = self._count(seen, feeds_in=feeds_in)
        return self._settle(over, time, right)

    def _begin_anew(
        self, reported: Sequence[float], reporters: int, time: float
    ) -> None:
        """Forget what was reported: who begins to report has not begun to draw."""
        self._reporters = reporters
        for level, current in zip(self._levels, reported, strict=True):
            level.now, level.began, level.settled = current, None, time

    def _settle(
        self, over: Iterable[Phase], time: float, right: list[Phase]
    ) -> list[Phase]:
        for phase in over:
            level = self._levels[phase]
            level.began, level.settled = None, time
        return right

    # --- one answer ------------------------------------------------------------------

    def _judge(
        self,
        over: Sequence[Phase],
        chargers: Sequence[Connector],
        settles: float,
        *,
        feeds_in: bool,
    ) -> dict[Phase, Seen]:
        """Return how the phases answered whose steps are over, as far as it is clear."""
        late = max(
            (c.draw.report_delay.oldest for c in chargers if c.draw.reports),
            default=0.0,
        )
        seen = {}
        for phase in over:
            answer = self._answer(phase, late, settles, feeds_in=feeds_in)
            if answer is not None:
                seen[phase] = answer
        none = [phase for phase, each in seen.items() if each.answer is Answer.NONE]
        if len(none) > 1:
            # Then it is the report that is not true, or the meter as a whole.
            for phase in none:
                del seen[phase]
        return seen

    def _answer(
        self, phase: Phase, late: float, settles: float, *, feeds_in: bool
    ) -> Seen | None:
        level = self._levels[phase]
        step, began = level.now - level.before, level.began
        if (
            began is None
            or abs(step) < LEAST_STEP
            or level.stirred - began > LONGEST_STEP
        ):
            return None
        size = abs(step)
        tolerance = max(1.5, 0.25 * size)
        since = max(began - LATEST_REPORT - settles, level.settled)
        way = self._way(phase, since)
        if not self._is_it and way is not None and way.towards(step) < UNMOVED * size:
            if abs(way.against(step) - size) <= tolerance and way.lowest < -STIR:
                return Seen(Answer.OPPOSITE)
            elsewhere = self._elsewhere(phase, step, tolerance, since)
            if elsewhere is not None:
                return Seen(Answer.ELSEWHERE, elsewhere)
        least = (0.4 if self._is_it else 0.6) * size
        if way is not None and way.answers(step, least, size + tolerance):
            return Seen(Answer.RIGHT)
        since = began - late - settles
        whole = level.settled <= since and self._past[0][0] < since
        way = self._way(phase, since) if whole else None
        if way is None:
            return None
        if way.answers(step, least, size + tolerance):
            return Seen(Answer.RIGHT)
        still = min(STILL * size, STILL_BESIDE_SOURCE) if feeds_in else STILL * size
        return Seen(Answer.NONE) if way.span < still else None

    def _elsewhere(
        self, phase: Phase, step: float, tolerance: float, since: float
    ) -> Phase | None:
        """Return the one other phase that answered, and has no charger that stepped."""
        answered = []
        for other in PHASES:
            level = self._levels[other]
            if other is phase or level.began is not None or level.settled > since:
                continue
            way = self._way(other, since)
            if way is None or way.against(step) >= UNMOVED * abs(step):
                continue
            if abs(way.towards(step) - abs(step)) <= tolerance:
                answered.append(other)
        return answered[0] if len(answered) == 1 else None

    def _way(self, phase: Phase, since: float) -> _Way | None:
        """Return how a phase has moved since a time, as far as that is known."""
        past = self._past
        first = next((n for n, (time, _) in enumerate(past) if time >= since), None)
        if first is None:
            return None
        start = past[max(0, first - 1)][1][phase]
        lowest = highest = start
        rise = fall = 0.0
        for _, shown in islice(past, first, None):
            value = shown[phase]
            lowest, highest = min(lowest, value), max(highest, value)
            rise, fall = max(rise, value - lowest), max(fall, highest - value)
        return _Way(rise, fall, lowest, highest)

    # --- again and again -------------------------------------------------------------

    def _count(self, seen: dict[Phase, Seen], *, feeds_in: bool) -> list[Phase]:
        """Count what was seen; return who answered right."""
        right = []
        for phase, each in seen.items():
            if each.answer is Answer.RIGHT:
                self.acquit(phase)
                right.append(phase)
                continue
            suspected, times = self._suspected.get(phase, (each, 0))
            times = times + 1 if suspected == each else 1
            self._suspected[phase] = each, times
            needed = EVIDENCE[each.answer]
            if each.answer is Answer.NONE and feeds_in:
                needed = EVIDENCE_BESIDE_SOURCE
            if times >= needed:
                self.found[phase] = each
        return right

    def acquit(self, phase: Phase) -> None:
        """Hold nothing against a phase any longer."""
        self._suspected.pop(phase, None)
        self.found.pop(phase, None)

    # --- whose lines they are --------------------------------------------------------

    def _who_stepped(
        self, over: Sequence[Phase], chargers: Sequence[Connector], settles: float
    ) -> list[Connector] | None:
        """Return whose reports changed; None where one of them is no evidence.

        What is shown long after a session has ended was not drawn until then.
        """
        began = min(self._levels[phase].began or 0.0 for phase in over)
        stepped = [
            connector
            for connector in chargers
            if connector.draw.has_changed_since(began - settles, STIR)
        ]
        since = began - LATEST_REPORT - settles
        late = any(connector.draw.charged_at < since for connector in stepped)
        return None if late else stepped

    def _note_wiring(
        self,
        over: Sequence[Phase],
        seen: dict[Phase, Seen],
        stepped: Sequence[Connector],
    ) -> None:
        """Note on what phase the one charger that stepped was seen, if only one did."""
        if self._is_it or len(over) != 1 or len(stepped) != 1:
            return
        (phase,), (connector,) = over, stepped
        answer = seen.get(phase)
        if answer is None or answer.answer not in {Answer.RIGHT, Answer.ELSEWHERE}:
            return
        wiring = connector.branch.charger.wiring
        wired = wiring if answer.on is None else _turned_to(wiring, phase, answer.on)
        if wired is None:
            return
        before, times = self._wired.get(connector.id, (wired, 0))
        times = times + 1 if before == wired else 1
        self._wired[connector.id] = wired, times
        if wired == wiring:
            self.wiring.pop(connector.id, None)
        elif times >= EVIDENCE_OF_WIRING:
            self.wiring[connector.id] = wired


def _turned_to(
    wiring: tuple[Phase, ...], phase: Phase, on: Phase
) -> tuple[Phase, ...] | None:
    """Return the wiring whose line on `phase` is `on` instead; None if it is not clear.

    The sequence of the phases is kept: three are turned, two change places.
    """
    if len(wiring) == 1:
        return (on,)
    if on not in wiring:
        return None
    by = wiring.index(on) - wiring.index(phase)
    return tuple(wiring[(line + by) % len(wiring)] for line in range(len(wiring)))
