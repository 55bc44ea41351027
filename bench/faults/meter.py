"""A meter that pushes a sample each second, and what may be wrong with it."""

from collections.abc import Callable
from functools import partial
from random import Random

from custom_components.amp_guard.meters import MeterSample
from custom_components.amp_guard.model import NO_CURRENT, PhaseValues

from .agenda import Agenda
from .kinds import MeterFault

INTERVAL = 1.0
"""s."""
SLOW_INTERVAL = 10
"""Samples of which one is sent where it is slow."""
LATE = 8.0
"""s."""
LEAST_DELAY = 0.01
"""s on its way."""
IMPOSSIBLE = PhaseValues(6553.5, 6553.5, 6553.5)

type Receiver = Callable[[MeterSample, bool], None]
"""Is told a sample, and whether it is what truly flowed."""


class FaultyMeter:
    """Says on the network what it measures; `faults` are those that it has now.

    Where the way to it is cut its samples wait there, and come all at once afterwards,
    as those of a stream do.
    """

    def __init__(self, agenda: Agenda, receive: Receiver, seed: int) -> None:
        self.faults: set[MeterFault] = set()
        self._agenda = agenda
        self._receive = receive
        self._random = Random(seed)
        self._sequence = 0
        self._last = NO_CURRENT
        self._waiting: list[tuple[MeterSample, bool]] = []

    def measure(self, current: PhaseValues) -> None:
        """Take the true current, A, once in each interval."""
        faults, now = self.faults, self._agenda.now
        self._sequence += 1
        current = PhaseValues(*(round(amps, 1) for amps in current))
        told = self._tell(current)
        slow = MeterFault.SLOW in faults and self._sequence % SLOW_INTERVAL
        if MeterFault.SILENT in faults or slow:
            return
        sample = MeterSample(
            time=now, current=told, signed=True, sequence=self._sequence, stamp=now
        )
        self._waiting.append((sample, told == current))
        if MeterFault.CUT_OFF not in faults:
            late = LATE if MeterFault.LATE in faults else LEAST_DELAY
            for each in self._waiting:
                self._agenda.later(late, partial(self._receive, *each))
            self._waiting.clear()

    def forget(self) -> None:
        """Drop what waits: nobody is there to take it."""
        self._waiting.clear()

    def _tell(self, current: PhaseValues) -> PhaseValues:
        faults = self.faults
        if MeterFault.FROZEN in faults:
            return self._last
        self._last = current
        if MeterFault.IMPOSSIBLE in faults:
            return IMPOSSIBLE
        if MeterFault.ZERO in faults:
            return NO_CURRENT
        if MeterFault.CORRUPT in faults and self._random.random() < 0.5:
            wrong = (
                PhaseValues(*(10 * amps for amps in current)),
                PhaseValues(*(amps / 10 for amps in current)),
                PhaseValues(current.l1, 0.0, current.l3),
                NO_CURRENT,
                IMPOSSIBLE,
            )
            return self._random.choice(wrong)
        return current
