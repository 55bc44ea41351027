"""A meter as meters are: late, coarse, noisy, sometimes silent, sometimes stuck."""

from dataclasses import dataclass
from random import Random

from custom_components.amp_guard.meters import ImplausibleSampleError, MeterSample
from custom_components.amp_guard.meters.plausibility import Plausibility
from custom_components.amp_guard.model import Phase, PhaseValues

from .damage.signals import DamagedMeter, MeterDamage
from .spells import Spell, within


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterModel:
    """What a meter is like.

    A sample is taken each `interval` s, the first at `offset` (half an interval where
    nothing is said), and arrives `delay` s later. It is off by up to `noise` A either
    way (uniform), rounded to `resolution` A (0: not at all), and without its sign
    unless `signed`. It carries the time of its arrival, or, with `timestamped`, the
    time at which it was taken. During `dropouts` there is none; during `frozen` spells
    the last one comes again and again, as if it were new. `corrupted` is the share of
    samples that arrive wrong; with `all_told` they have voltage and power to tell by.
    It sends the phases that are `measured`, and what it measures may be damaged
    (`damage`). Where it is `checked`, the integration's plausibility stands behind it.
    """

    interval: float = 1.0
    delay: float = 0.0
    offset: float | None = None
    resolution: float = 0.1
    noise: float = 0.0
    signed: bool = True
    timestamped: bool = False
    corrupted: float = 0.0
    all_told: bool = True
    dropouts: tuple[Spell, ...] = ()
    frozen: tuple[Spell, ...] = ()
    measured: tuple[Phase, ...] = tuple(Phase)
    damage: MeterDamage | None = None
    checked: bool = False


class VirtualMeter:
    """A meter in time; the same `seed` gives the same noise."""

    def __init__(self, model: MeterModel, seed: int) -> None:
        self.model = model
        self._random = Random(seed)
        self._last: PhaseValues | None = None
        self._damaged = DamagedMeter(model.damage, seed) if model.damage else None
        self._plausibility = Plausibility("home") if model.checked else None

    @property
    def first_sample(self) -> float:
        """When it takes its first sample, s."""
        offset = self.model.offset
        return self.model.interval / 2 if offset is None else offset

    def sample(self, current: PhaseValues, now: float) -> PhaseValues | None:
        """Return what it makes of the true current (A), or None where nothing comes."""
        if within(self.model.dropouts, now):
            return None
        if self._last is not None and within(self.model.frozen, now):
            return self._last
        seen = self._damaged.apply(current, now) if self._damaged else current
        if seen is None:
            return None
        self._last = PhaseValues(
            *(
                self._distort(amps) if phase in self.model.measured else 0.0
                for phase, amps in zip(Phase, seen, strict=True)
            )
        )
        return self._last if self._is_plausible(self._last, now) else None

    def _is_plausible(self, current: PhaseValues, now: float) -> bool:
        """Say whether the integration lets the sample through."""
        if self._plausibility is None:
            return True
        sample = MeterSample(
            time=now,
            current=current,
            signed=self.model.signed,
            connected=self.model.measured,
        )
        try:
            self._plausibility.judge(sample)
        except ImplausibleSampleError:
            return False
        return True

    def _distort(self, amps: float) -> float:
        model = self.model
        if model.noise:
            amps += self._random.uniform(-model.noise, model.noise)
        if model.resolution:
            amps = round(round(amps / model.resolution) * model.resolution, 6)
        return amps if model.signed else abs(amps)
