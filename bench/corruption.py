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
    sample has voltage and power as well.
    """

    def __init__(self, share: float, *, all_told: bool, seed: int) -> None:
        """The same `seed` gives the same corruption."""
        self._share = share
        self._all_told = all_told
        self._random = Random(seed)
        self._plausibility = Plausibility("home")
        self._seen: deque[_Seen] = deque()
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
        is_false = sent != true
        self.false_samples += is_false
        taken: PhaseValues | None = sent.current
        try:
            self._plausibility.check(sent)
        except ImplausibleSampleError:
            self.rejected_samples += 1
            taken = None
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
        quantity = self._random.choice(told)
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
