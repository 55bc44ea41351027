"""Evidence: what each phase of a meter is worth.

The one place where the readings of a meter and of the chargers behind it are held
against each other. A phase is measured until something speaks against it: the meter does
not send it, it contradicts the two others (`lines`), it shows less than the chargers on
it draw (`deficit`), or it does not answer when they step (`steps`). A line of an IT net
that is not believed is bounded by the two others while these are; any other phase that is
not believed makes its meter count as offline.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model import (
    MEASURED,
    Doubt,
    EarthingSystem,
    Phase,
    PhaseValues,
    PhaseWorth,
    Supply,
    Worth,
)
from .connector import Connector
from .constraint import PHASES
from .deficit import LEAST_DRAWN, Deficit, is_newer, tolerance
from .following import FOLLOW_TOLERANCE
from .lines import Lines, most_of_third
from .meter import ReportedDraw
from .steps import Answer, Seen, Steps

EXPORT = -1.0
"""A below which a phase feeds in ..."""
EXPORT_SAMPLES = 3
"""... if so many samples in a row show it: one may be half updated."""

ASKED_FOR = 120.0
"""s for which chargers are asked what they draw on a phase that shows less."""
TEST_STEP = 2.0
"""A by which a charger is lowered that is to show whether it draws what it says ..."""
TESTED_FOR = 90.0
"""... and s for which it has time."""

_DOUBTS = {
    Answer.NONE: Doubt.STANDS_STILL,
    Answer.OPPOSITE: Doubt.TURNED,
    Answer.ELSEWHERE: Doubt.SWAPPED,
}
SHOW_LEAST = (Doubt.BELOW_CHARGERS, Doubt.TURNED)
"""Doubts of a phase on which no less flows than the meter shows."""

type Worths = tuple[PhaseWorth, PhaseWorth, PhaseWorth]

UNDOUBTED: Worths = (MEASURED, MEASURED, MEASURED)
"""Nothing speaks against any phase."""


class _Test(NamedTuple):
    """A charger that is lowered to `current` A, having `said` by phase what it draws.

    It is to show whether it does, and was lowered when it had `begun`, s.
    """

    begun: float
    current: float
    said: tuple[float, ...]

    def is_followed(self, connector: Connector) -> bool:
        """Return whether a report has come that says to have followed."""
        draw = connector.draw
        return (
            draw.arrived_at > self.begun
            and abs(draw.reported - self.current) <= FOLLOW_TOLERANCE
        )


class Evidence:
    """What one meter is worth by what speaks against it. Currents in A, times in s."""

    def __init__(self, supply: Supply) -> None:
        """Believe all that the meter shows."""
        self.worth = UNDOUBTED
        self.in_question = (False, False, False)
        """Of which phases nothing is raised on the last sample's word, and no fall is
        taken to be the base load's."""
        self.offline = False
        """Whether a phase is not measured, so that the meter is of no use."""
        self._generates = supply.generates
        self._is_it = supply.earthing_system is EarthingSystem.IT
        self._chargers: Sequence[Connector] = ()
        self._wired: frozenset[Phase] = frozenset()
        self._lines = Lines()
        self._deficits = (Deficit(), Deficit(), Deficit())
        self._steps = Steps(supply.earthing_system)
        self._exports = [0, 0, 0]
        self._answered: frozenset[Phase] = frozenset()
        self._doubted = False
        self._tests: dict[Connector, _Test] = {}

    def look_at(self, chargers: Sequence[Connector]) -> None:
        """Hold what the meter shows against the `chargers` that it sees."""
        self._chargers = chargers
        self._wired = frozenset(
            phase for c in chargers for phase in c.branch.charger.wiring
        )

    def change_supply(self, supply: Supply) -> None:
        """Go on below a supply of other figures."""
        self._generates = supply.generates

    def believes(self, phase: int) -> bool:
        """Return whether what the meter shows of a phase is what flows at the most."""
        return self.worth[phase].worth is not Worth.NOT_MEASURED

    def shows_least(self, phase: int) -> bool:
        """Return whether at least as much flows on a phase as the meter shows of it."""
        return self.worth[phase].doubt in SHOW_LEAST

    def to_ask(self, now: float) -> list[Connector]:
        """Return whose fresh reading may tell what a phase in question is worth."""
        phases = [
            phase
            for phase, deficit in zip(PHASES, self._deficits, strict=True)
            if self.in_question[phase]
            and deficit.since is not None
            and now - deficit.since < ASKED_FOR
        ]
        return [
            connector
            for connector in self._chargers
            if any(connector.draw.reported_by_phase[phase] for phase in phases)
        ]

    @property
    def seen_wiring(self) -> dict[str, tuple[Phase, ...]]:
        """Return the wiring that chargers show again and again beside what is set."""
        return self._steps.wiring

    def take(
        self,
        current: PhaseValues,
        measured: tuple[Phase, ...],
        reported: ReportedDraw | None,
        *,
        interval: float,
        time: float,
        now: float,
    ) -> PhaseValues:
        """Take a sample and what the chargers report; return what may flow.

        None is reported where the meter as a whole is known to stand still.
        """
        whole = measured == PHASES
        a, b, c = current
        if a < EXPORT or b < EXPORT or c < EXPORT or any(self._exports):
            self._note_export(current)
        if self._is_it and whole:
            self._lines.take(current, time)
        if reported is not None and reported.reporters:
            self._compare_with_chargers(
                current, reported, interval=interval, time=time, now=now
            )
        doubts = self._doubts(measured, whole=whole)
        if doubts or self._doubted:
            self._weigh(doubts, time)
        self._question(doubts, now)
        if self._is_it and not self.offline:
            return self._bound(current, doubts)
        return current

    def _bound(
        self, current: PhaseValues, doubts: Mapping[Phase, object]
    ) -> PhaseValues:
        """Return what may flow where lines are bounded by the two others.

        One that shows less than the chargers on it is so from the first sample on.
        """
        bounded = tuple(doubts) or tuple(
            line for line in PHASES if self._deficits[line].since is not None
        )
        if not bounded or (not doubts and len(bounded) > 1):
            return current
        values = list(current)
        for line in bounded:
            one, other = (current[each] for each in PHASES if each is not line)
            feeds_in = self._feeds_in_beside(line)
            values[line] = most_of_third(one, other, feeds_in=feeds_in)
        return PhaseValues(*values)

    def _note_export(self, current: PhaseValues) -> None:
        """Note which phases have ever fed in for more than a moment."""
        for phase, value in enumerate(current):
            if self._exports[phase] < EXPORT_SAMPLES:
                exports = self._exports[phase] + 1 if value < EXPORT else 0
                self._exports[phase] = exports

    def _feeds_in_beside(self, phase: Phase | None) -> bool:
        """Return whether something feeds in, as far as another phase shows it.

        A phase that is itself in doubt shows nothing.
        """
        if self._generates or not any(self._exports):
            return self._generates
        return any(
            self._exports[other] >= EXPORT_SAMPLES
            for other in PHASES
            if other is not phase and self.worth[other].doubt is None
        )

    def _feeds_in_at(self, phase: Phase) -> bool:
        """Return whether a phase feeds in itself: it exports, and has answered since as it should.

        One that is turned round shows export too, and answers the other way.
        """
        return self._exports[phase] >= EXPORT_SAMPLES and phase in self._answered

    def _compare_with_chargers(
        self,
        current: PhaseValues,
        reported: ReportedDraw,
        *,
        interval: float,
        time: float,
        now: float,
    ) -> None:
        drawn, reporters = reported.current, reported.reporters
        right = self._steps.take(
            time,
            current,
            drawn,
            chargers=self._chargers,
            reporters=reporters,
            interval=interval,
            feeds_in=self._feeds_in_beside(None),
        )
        for phase in right:
            self._deficits[phase].clear()
            if self._exports[phase] >= EXPORT_SAMPLES:
                self._answered |= {phase}
        if self._answered:
            self._answered -= set(self._steps.found)
        for phase, deficit in zip(PHASES, self._deficits, strict=True):
            shown, said = current[phase], drawn[phase]
            if (
                shown >= said
                or said < LEAST_DRAWN
                or shown + tolerance(said, reporters) >= said
            ):
                deficit.note_none(shown, said, time)
            elif self._feeds_in_beside(phase) or self._feeds_in_at(phase):
                deficit.clear()
            else:
                deficit.hold_against(phase, shown, self._chargers, time=time, now=now)

    def _question(self, doubts: Mapping[Phase, object], now: float) -> None:
        """Question what a sample says of phases that are still believed."""
        a, b, c = self._deficits
        self.in_question = (
            a.since is not None and Phase.L1 not in doubts,
            b.since is not None and Phase.L2 not in doubts,
            c.since is not None and Phase.L3 not in doubts,
        )
        if self._is_it and self._lines.contradict and not doubts:
            self.in_question = (True, True, True)
        if self._tests or True in self.in_question:
            self._test(now)

    def _test(self, now: float) -> None:
        """Lower who has sent no report for so long that it must tell what it draws.

        Integrations that pass on only what changes say nothing of a car that goes on as
        it did. One at its minimum has to be paused for that, so each test is made to its
        end: a report that follows proves what was said till then, and what does not
        follow is not drawn.
        """
        for connector in self._tests:
            connector.tested_at = None
        awaited = [c for c, test in self._tests.items() if not test.is_followed(c)]
        silent = [c for c in awaited if now - self._tests[c].begun >= TESTED_FOR]
        for connector in silent:
            connector.draw.refute()
        if silent:
            self._tests.clear()  # what they said may be all that was missing
            return
        kept = set(awaited)
        for phase, deficit in zip(PHASES, self._deficits, strict=True):
            kept |= self._test_phase(phase, deficit, now)
        self._tests = {c: test for c, test in self._tests.items() if c in kept}
        for connector, test in self._tests.items():
            connector.tested_at = test.current

    def _test_phase(self, phase: Phase, deficit: Deficit, now: float) -> set[Connector]:
        """Judge a phase in question by tests; return those who are tested for it."""
        since, deficit.tested = deficit.since, False
        if since is None or not self.in_question[phase]:
            return set()
        for connector in self._chargers:
            if connector not in self._tests and _is_due(connector, phase, since, now):
                self._tests[connector] = _test_of(connector, now)
        tested = {
            connector
            for connector, test in self._tests.items()
            if test.begun > since and test.said[phase]
        }
        untested = (
            c
            for c in self._chargers
            if c not in tested and not c.lost and c.draw.reported_by_phase[phase]
        )
        if not tested:
            return tested
        if all(self._tests[c].is_followed(c) for c in tested) and all(
            is_newer(c, since) for c in untested
        ):
            deficit.convict()
            return set()
        deficit.tested = True
        return tested

    # --- what is made of it ----------------------------------------------------------

    def _doubts(
        self, measured: tuple[Phase, ...], *, whole: bool
    ) -> dict[Phase, tuple[Doubt, Phase | None]]:
        """Return why phases are not believed, the most telling doubt of each."""
        doubts: dict[Phase, tuple[Doubt, Phase | None]] = {}
        found = self._steps.found
        a, b, c = self._deficits
        is_convicted = a.convicted or b.convicted or c.convicted
        if whole and not (found or self._lines.impossible or is_convicted):
            return doubts
        for phase in PHASES:
            if not whole and phase not in measured:
                if self._is_it or phase in self._wired:
                    doubts[phase] = Doubt.NOT_SENT, None
            elif phase in found:
                seen: Seen = found[phase]
                doubts[phase] = _DOUBTS[seen.answer], seen.on
            elif phase in self._lines.impossible:
                doubts[phase] = Doubt.IMPOSSIBLE, None
            elif self._deficits[phase].convicted:
                doubts[phase] = Doubt.BELOW_CHARGERS, None
        return doubts

    def _weigh(
        self, doubts: dict[Phase, tuple[Doubt, Phase | None]], time: float
    ) -> None:
        either = all(doubt is Doubt.IMPOSSIBLE for doubt, _ in doubts.values())
        bounded = self._is_it and (either or len(doubts) == 1)
        worth = Worth.BOUNDED if bounded else Worth.NOT_MEASURED
        a, b, c = (
            self._worth_of(phase, worth, *doubts[phase], time)
            if phase in doubts
            else MEASURED
            for phase in PHASES
        )
        for phase, worth_of in zip(PHASES, (a, b, c), strict=True):
            if self.worth[phase].doubt is not None and worth_of.doubt is None:
                # What it showed in doubt was no export, nor an answer of one.
                self._exports[phase] = 0
                self._answered -= {phase}
        self.worth = (a, b, c)
        self._doubted = bool(doubts)
        self.offline = bool(doubts) and not bounded

    def _worth_of(
        self, phase: Phase, worth: Worth, doubt: Doubt, on: Phase | None, time: float
    ) -> PhaseWorth:
        before = self.worth[phase]
        since = time if before.since is None else before.since
        if before == PhaseWorth(worth=worth, doubt=doubt, on=on, since=since):
            return before
        return PhaseWorth(worth=worth, doubt=doubt, on=on, since=since)


def _is_due(connector: Connector, phase: Phase, since: float, now: float) -> bool:
    """Return whether it has told nothing newer than `since` of a phase for too long."""
    draw = connector.draw
    if connector.lost or not draw.reported_by_phase[phase]:
        return False
    return now > since + draw.report_delay.oldest and not is_newer(connector, since)


def _test_of(connector: Connector, now: float) -> _Test:
    """Return how a charger is to be lowered: to nothing where it is at its minimum."""
    draw = connector.draw
    lowered = draw.reported - TEST_STEP
    current = lowered if lowered >= connector.branch.min_current else 0.0
    return _Test(begun=now, current=current, said=tuple(draw.reported_by_phase))
