"""Samples that arrive wrong, what of them is rejected, and whether it did harm."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from custom_components.amp_guard.meters import ImplausibleSampleError, MeterSample
from custom_components.amp_guard.meters.plausibility import Plausibility
from custom_components.amp_guard.model import NO_CURRENT, PhaseValues
from simulator.car import PHASE_VOLTAGE

WINDOW = 60.0
"""s for which a sample can be a reason to give more."""
ROUNDING = 0.5
"""A that what is given may be beyond what the samples leave: limits are whole amps."""
RISE = 5.0
"""A by which a current rises where a large load starts ..."""
ODD_AT_RISE = 0.2
"""... and the share of such samples in which a voltage loses a digit besides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """A sample: what it should have said, and what was taken for true, less the cars."""

    time: float
    true_house: PhaseValues
    house: PhaseValues | None
    is_false: bool


class Corruption:
    """Corrupts a share of a meter's samples, and lets the plausible ones through.

    Of those that it corrupts, three in five lose a digit of one figure, one in five is
    all zeros, and in one in five a current loses its decimal point. With `all_told` a
    sample has voltage and power as well; then a voltage often loses a digit just when a
    load starts, which is when it matters.
    """

    def __init__(self, share: float, *, all_told: bool, seed: int) -> None:
        """The same `seed` gives the same corruption."""
        self._share = share
        self._all_told = all_told
        self._random = Random(seed)
        self._plausibility = Plausibility("home")
        self._seen: deque[_Seen] = deque()
        self._last: PhaseValues | None = None
        self.false_samples = 0
        self.rejected_samples = 0
        self.grants_from_false = 0

    def pass_on(
        self, current: PhaseValues, drawn: PhaseValues, now: float
    ) -> PhaseValues | None:
        """Return what the balancer is given of a sample: None where it is rejected.

        `drawn` is what the cars truly draw of it, A.
        """
        true = sent = MeterSample(time=now, current=current)
        if self._all_told:
            true = sent = replace(
                true,
                voltage=PhaseValues(PHASE_VOLTAGE, PHASE_VOLTAGE, PHASE_VOLTAGE),
                power=PhaseValues(*(PHASE_VOLTAGE * amps for amps in current)),
            )
        if self._random.random() < self._share:
            sent = self._corrupt(true)
        elif self._rises(current) and self._random.random() < ODD_AT_RISE:
            sent = self._drop_digit(true, "voltage", self._random.randrange(3))
        self._last = current
        is_false = sent != true
        self.false_samples += is_false
        taken: PhaseValues | None = None
        try:
            taken = self._plausibility.judge(sent).current
        except ImplausibleSampleError:
            self.rejected_samples += 1
        self._seen.append(
            _Seen(
                time=now,
                true_house=_minus(current, drawn),
                house=None if taken is None else _minus(taken, drawn),
                is_false=is_false and taken is not None,
            )
        )
        while self._seen[0].time < now - WINDOW:
            self._seen.popleft()
        return taken

    def judge_raise(self, given: PhaseValues, limit: float) -> None:
        """Count a raise, to `given` A in all, that only false samples left room for."""
        if not any(seen.is_false for seen in self._seen):
            return
        for phase, amps in enumerate(given):
            if not amps:
                continue
            true = max(seen.true_house[phase] for seen in self._seen)
            taken = [s.house[phase] for s in self._seen if s.house is not None]
            most = limit + ROUNDING - amps
            if max(taken) <= most < true:
                self.grants_from_false += 1
                return

    def _corrupt(self, sample: MeterSample) -> MeterSample:
        what = self._random.random()
        if what < 0.2:
            return replace(
                sample,
                current=NO_CURRENT,
                voltage=NO_CURRENT if sample.voltage else None,
                power=NO_CURRENT if sample.power else None,
            )
        phase = self._random.randrange(3)
        if what < 0.4:
            return _with(sample, "current", phase, sample.current[phase] * 10)
        told = [q for q in ("current", "voltage", "power") if getattr(sample, q)]
        return self._drop_digit(sample, self._random.choice(told), phase)

    def _rises(self, current: PhaseValues) -> bool:
        """Say whether a load starts, and there is a voltage to go wrong."""
        return (
            self._all_told
            and self._last is not None
            and max(_minus(current, self._last)) >= RISE
        )

    def _drop_digit(
        self, sample: MeterSample, quantity: str, phase: int
    ) -> MeterSample:
        digits = f"{getattr(sample, quantity)[phase]:.1f}"
        places = [i for i, digit in enumerate(digits) if digit.isdigit()]
        place = self._random.choice(places)
        shortened = digits[:place] + digits[place + 1 :]
        value = float(shortened) if shortened not in (".", "-.") else 0.0
        return _with(sample, quantity, phase, value)


def given_by_phase(
    current: Mapping[str, float], wiring: Mapping[str, tuple[int, ...]]
) -> PhaseValues:
    """Return the sum of what chargers are given, A on the supply's phases."""
    total = list(NO_CURRENT)
    for charger, amps in current.items():
        for phase in wiring[charger]:
            total[phase] += amps
    return PhaseValues(*total)


def _with(sample: MeterSample, quantity: str, phase: int, value: float) -> MeterSample:
    figures = list(getattr(sample, quantity))
    figures[phase] = value
    changed: dict[str, Any] = {quantity: PhaseValues(*figures)}
    return replace(sample, **changed)


def _minus(one: PhaseValues, other: PhaseValues) -> PhaseValues:
    return PhaseValues(*(a - b for a, b in zip(one, other, strict=True)))
