"""What a meter's answers to moves of a charger's current say of how it is wired.

Every way in which the charger can be wired is held against every move, with current
sensors that are turned as well. What alone fits all of them is known; where several fit,
only what they have in common is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import permutations, product

from ..model import Phase, PhaseValues

MOVES_EACH_WAY = 2
"""Clear moves up, and as many down, that must say the same."""
MOST_UNKNOWN = 1
"""Phases that need not stand still in a move: an oven on one does not hide the others."""
TOLERANCE = 0.7
"""A by which a clear answer may be off ..."""
ROUNDING = 0.5
"""... and what whole amperes add, of the meter and of the charger's report."""
EXCLUDED = 1.6
"""Tolerances by which an answer must be off to exclude a wiring for good."""
MOVED = 1.5
"""A from which on a line or a phase counts as moved."""


class Unsure(StrEnum):
    """Why not all of a charger's wiring was found. A closed list; each is translated."""

    NO_METER = "no_meter"
    """No meter sees the charger."""
    INACTIVE = "inactive"
    """The charger is not balanced: its current is not moved."""
    IT_NET = "it_net"
    """A car hangs between two lines: its current is no one line's."""
    METER_SILENT = "meter_silent"
    NO_CAR = "no_car"
    """No car charges."""
    TOO_LITTLE = "too_little"
    """It draws too little to be lowered by a step that can be told."""
    NO_ANSWER = "no_answer"
    """No phase moved when the charger's current was moved."""
    MISMATCH = "mismatch"
    """More phases answer, or fewer, than the charger says it draws on."""
    RESTLESS = "restless"
    """What else draws changed too often."""
    ALIKE = "alike"
    """The phases are known; its lines draw alike, so not which is on which."""
    UNUSED = "unused"
    """The car does not use all the lines of the charger."""
    UNREPORTED = "unreported"
    """The phases are known; the charger does not say on which lines it draws."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """How a charger's current was moved, and what changed; A, less is negative.

    `allocated` is what the law changed; `reported` what changed on the charger's own
    L1, L2, L3 (None: it does not report it); `measured` on the meter's phases (None of
    one that did not stand still before and after it).
    """

    allocated: float
    reported: PhaseValues | None
    measured: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseFinding:
    """What was found of one charger.

    `phases` are those that answer, `turned` those that answer the wrong way round,
    `possible` all the wirings that fit (none where nothing was found), `unsure` why
    there is more than one.
    """

    charger: str
    phases: tuple[Phase, ...] = ()
    turned: tuple[Phase, ...] = ()
    possible: tuple[tuple[Phase, ...], ...] = ()
    unsure: Unsure | None = None

    @property
    def wiring(self) -> tuple[Phase, ...] | None:
        """The supply phase on each of its lines, where that is sure."""
        return self.possible[0] if len(self.possible) == 1 else None

    @property
    def lines(self) -> tuple[Phase | None, ...]:
        """The supply phase on each of its lines; None on those that are not sure."""
        found = (set(phases) for phases in zip(*self.possible, strict=True))
        return tuple(phases.pop() if len(phases) == 1 else None for phases in found)

    def contradicts(self, wiring: tuple[Phase, ...]) -> bool:
        """Say whether the charger cannot be wired like that."""
        return bool(self.possible) and wiring not in self.possible


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    """A wiring, how many lines the car uses, and what each phase's sensor makes of it.

    A sensor's factor is 1, and -1 where it is turned.
    """

    wiring: tuple[Phase, ...]
    used: int
    factors: tuple[int, ...]

    def off(self, move: Move) -> float:
        """Return A by which it fails to explain a move, on the worst phase known."""
        lines = move.reported or [move.allocated] * self.used
        expected = [0.0, 0.0, 0.0]
        for phase, factor, amps in zip(self.wiring, self.factors, lines, strict=False):
            expected[phase] += factor * amps
        return max(
            abs(amps - explained)
            for amps, explained in zip(move.measured, expected, strict=True)
            if amps is not None
        )

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Those that answer."""
        return tuple(sorted(self.wiring[: self.used]))

    @property
    def turned(self) -> tuple[Phase, ...]:
        """Those that answer the wrong way round."""
        pairs = zip(self.wiring, self.factors, strict=False)
        return tuple(sorted(phase for phase, factor in pairs if factor < 0))


class PhaseAnswers:
    """The evidence about one charger that is set to be wired as `wiring`."""

    def __init__(self, charger: str, wiring: tuple[Phase, ...]) -> None:
        """Start without evidence."""
        self._charger = charger
        self._wiring = wiring
        self._fit: frozenset[_Hypothesis] = frozenset()
        self._moves: Counter[tuple[Phase, bool]] = Counter()
        self._clear = 0
        self._reported = True
        self._unclear: Counter[Unsure] = Counter()

    def take(self, move: Move, *, signed: bool, rounded: int) -> bool:
        """Take a move; return whether it is clear, so that some wiring explains it.

        `signed` says whether the meter shows a direction: only then a turned sensor
        shows. `rounded` is how many of the meter and the report give whole amperes.
        Evidence that contradicts what was seen before is a coincidence, now or then:
        all begins anew with it.
        """
        tolerance = TOLERANCE + ROUNDING * rounded
        move = _without_others(move, tolerance)
        if move.measured.count(None) > MOST_UNKNOWN:
            self._unclear[Unsure.RESTLESS] += 1
            return False
        off = {h: h.off(move) for h in self._hypotheses(move, signed=signed)}
        if not off or min(off.values()) > tolerance:
            self._unclear[_why(move, tolerance)] += 1
            return False
        fit = frozenset(h for h, amps in off.items() if amps <= EXCLUDED * tolerance)
        if self._fit:
            fit &= self._fit
        if not fit or (move.reported is None) is self._reported:
            self._fit, self._moves, self._clear = frozenset(), Counter(), 0
            self._reported = move.reported is not None
            return self.take(move, signed=signed, rounded=rounded)
        self._fit = fit
        up = move.allocated > 0
        self._clear += 1
        self._moves.update((phase, up) for phase in Phase if _known(move, phase))
        return True

    @property
    def doubt(self) -> Unsure:
        """Why they say nothing, as far as they do not."""
        [(why, _)] = self._unclear.most_common(1) or [(Unsure.RESTLESS, 0)]
        return why

    @property
    def finding(self) -> PhaseFinding | None:
        """What all the moves say, None until they are enough and say one thing."""
        told = {(h.phases, h.turned, h.used) for h in self._fit}
        if len(told) != 1:
            return None if told else self._nothing
        [(phases, turned, used)] = told
        if not all(self._is_known(phase, answers=phase in phases) for phase in Phase):
            return None
        possible = sorted({h.wiring for h in self._fit})
        unsure = None
        if not self._reported and used < len(self._wiring):
            # The others may be used, and not be measured.
            possible, unsure = _orders(len(self._wiring)), Unsure.UNREPORTED
        elif len(possible) > 1:
            unsure = Unsure.UNUSED if used == 1 else Unsure.ALIKE
        return PhaseFinding(
            charger=self._charger,
            phases=phases,
            turned=turned,
            possible=tuple(possible),
            unsure=unsure,
        )

    def _is_known(self, phase: Phase, *, answers: bool) -> bool:
        """Say whether a phase was seen often enough.

        Where the charger reports on how many it draws, it is enough that the others
        are seen once, or that those that answer do so once more.
        """
        up, down = self._moves[phase, True], self._moves[phase, False]
        if answers or not self._reported:
            return min(up, down) >= MOVES_EACH_WAY
        return up + down > 0 or self._clear > 2 * MOVES_EACH_WAY

    @property
    def _nothing(self) -> PhaseFinding | None:
        """What to tell where all moves so far are unclear for one reason."""
        alike = len(self._unclear) == 1 and self.doubt is not Unsure.RESTLESS
        if not alike or self._unclear.total() < 2 * MOVES_EACH_WAY:
            return None
        return PhaseFinding(charger=self._charger, unsure=self.doubt)

    def _hypotheses(self, move: Move, *, signed: bool) -> Iterator[_Hypothesis]:
        """Return all that can be behind a move."""
        lines = len(self._wiring)
        numbers: Iterable[int] = range(1, lines + 1)
        if move.reported is not None:
            moved = _moved(move.reported)
            if not moved:
                return
            numbers = [moved[-1] + 1]
            lines = max(lines, *numbers)
        for wiring, used in product(_orders(lines), numbers):
            for factors in _factors(used, signed, move.reported is not None):
                yield _Hypothesis(wiring, used, factors)


def _factors(used: int, signed: bool, reported: bool) -> Iterator[tuple[int, ...]]:
    """Return what the sensors on the phases in use can make of their currents.

    Some turned and some not is believed only of three lines that are reported: of fewer
    a battery that makes up for the car can show the same.
    """
    for factors in product((1, -1) if signed else (1,), repeat=used):
        mixed = len(set(factors)) > 1
        if not mixed or (reported and used == len(Phase)):
            yield factors


def _without_others(move: Move, tolerance: float) -> Move:
    """Return a move without what only another load can explain."""
    steps = [0.0, *(move.reported or [move.allocated])]
    return replace(
        move,
        measured=tuple(
            amps
            if amps is not None
            and any(
                abs(abs(amps) - abs(step)) <= EXCLUDED * tolerance for step in steps
            )
            else None
            for amps in move.measured
        ),
    )


def _why(move: Move, tolerance: float) -> Unsure:
    """Return why a move is unclear."""
    if None in move.measured:
        return Unsure.RESTLESS
    answering = sum(abs(amps or 0.0) > tolerance for amps in move.measured)
    if not answering:
        return Unsure.NO_ANSWER
    mismatch = move.reported is not None and answering != len(_moved(move.reported))
    return Unsure.MISMATCH if mismatch else Unsure.RESTLESS


def _known(move: Move, phase: Phase) -> bool:
    return move.measured[phase] is not None


def _moved(lines: PhaseValues) -> list[int]:
    return [line for line, amps in enumerate(lines) if abs(amps) >= MOVED]


def _orders(lines: int) -> list[tuple[Phase, ...]]:
    return sorted(permutations(Phase, lines))


def swapped_phases(
    findings: Iterable[PhaseFinding], wirings: Mapping[str, tuple[Phase, ...]]
) -> dict[Phase, Phase]:
    """Return the phases that the meter shows as others, if that alone explains it all.

    Where two chargers and more contradict their `wirings`, each by its id, and the same
    exchange of phases mends all of them, it is the current sensors that were exchanged:
    by each such phase the one that answers in its place. Else nothing is returned.
    """
    told = [finding for finding in findings if finding.possible]
    contradicting = [f for f in told if f.contradicts(wirings[f.charger])]
    if len(contradicting) < MOVES_EACH_WAY:
        return {}
    mending = [
        exchange
        for exchange in permutations(Phase)
        if all(
            tuple(exchange[phase] for phase in wirings[f.charger]) in f.possible
            for f in told
        )
    ]
    shown = {phase: {exchange[phase] for exchange in mending} for phase in Phase}
    return {
        phase: other
        for phase, others in shown.items()
        if len(others) == 1 and (other := min(others)) is not phase
    }
