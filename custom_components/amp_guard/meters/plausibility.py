"""Whether a sample can be true, for every kind of measurement device alike.

Meters and what reads them drop digits, give zeros and mix up telegrams. A sample like
that is rejected by itself: the one before it stays in force, and the meter goes stale
only if nothing better follows. But a phase may really be dead, and a fuse really carry
more than its meter was made for: what is merely doubted is rejected once, and believed
when the next sample shows it again. So more current than before never waits for longer
than one sample, as long as a meter could measure it: to cut for nothing costs little,
to wait may cost the fuse.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from statistics import median_low
from typing import override

from ..model import NO_CURRENT, Phase, PhaseValues
from . import (
    MAX_MEASURED_CURRENT,
    ImplausibleSampleError,
    Meter,
    MeterError,
    MeterSample,
)
from .counters import Counter

BEYOND = 2.0
"""Times its range that a meter may still measure, though no longer well."""
MAX_VOLTAGE = 390.0
"""V. The meter's range [installation manual]."""
MAX_ENERGY = 1e9
"""kWh. Far more than any meter has counted."""
RECENT = 9
"""Samples that say what is usual."""
VOLTAGE_STEP = 0.2
"""The share by which a voltage may be off what is usual: supplies are kept within
10 % of their nominal voltage (EN 50160), so this far is no step between two samples."""
LEAST_VOLTAGE_SHARE = 0.5
"""The share of its usual voltage down to which a phase's current is believed: where it
was computed from the power, it is wrong by no more than the voltage."""
RISE = 1.0
"""A by which a current rises beyond its noise."""
LEAST_TOTAL = 1.0
"""A on all phases together, below which a reading of zero is nothing strange."""
POWER_EXCESS = 1.2
"""The share of voltage times current that power may seem to be ..."""
POWER_SLACK = 1.2
"""... on top of this current, A: whole amps that were rounded down."""
LEAST_POWER_FACTOR = 0.3
"""What the power factor of a household hardly goes below ..."""
POWER_FACTOR_FROM = 10.0
"""... at more than this current, A."""
JUMP = 2.0
"""Times the last current that make a jump: a lost decimal point makes ten."""


def check_range(sample: MeterSample, variant: str) -> None:
    """Raise ImplausibleSampleError where a figure is beyond all that could be."""
    for quantity, (low, high) in bounds(variant).items():
        values: PhaseValues | None = getattr(sample, quantity)
        if not all(low <= value <= high for value in values or ()):  # nor is NaN
            raise ImplausibleSampleError(f"{quantity} is out of range")


def bounds(variant: str) -> Mapping[str, tuple[float, float]]:
    """Return the least and the most of each quantity: A, V, W, kWh."""
    most = BEYOND * MAX_MEASURED_CURRENT[variant]
    return {
        "current": (-most, most),
        "voltage": (0.0, MAX_VOLTAGE),
        "power": (-most * MAX_VOLTAGE, most * MAX_VOLTAGE),
        "energy_import": (0.0, MAX_ENERGY),
        "energy_export": (0.0, MAX_ENERGY),
    }


class Plausibility:
    """Judges the samples of one meter, each by those before it, in its variant's range."""

    def __init__(self, variant: str) -> None:
        self._variant = variant
        self._voltages: dict[Phase, deque[float]] = {
            phase: deque(maxlen=RECENT) for phase in Phase
        }
        self._totals: deque[float] = deque(maxlen=RECENT)
        self._believed = NO_CURRENT
        self._doubts: frozenset[str] = frozenset()
        most_power = MAX_MEASURED_CURRENT[variant] * MAX_VOLTAGE
        self._import, self._export = Counter(most_power), Counter(most_power)

    def judge(self, sample: MeterSample) -> MeterSample:
        """Return what can be believed of a sample: its currents, and what fits them.

        Raises ImplausibleSampleError where the currents cannot be true.
        """
        check_range(sample, self._variant)
        odd = self._odd_voltages(sample)
        is_urgent = bool(odd) and self._rises(sample)
        if is_urgent:
            sample = replace(sample, voltage=None, power=None)
        _check_power(sample)
        doubts = frozenset(self._doubts_of_currents(sample))
        before, self._doubts = self._doubts, doubts | odd
        if not is_urgent:
            doubts |= odd
        if doubts and doubts.isdisjoint(before):
            raise ImplausibleSampleError(", ".join(sorted(doubts)))
        self._believed = sample.current
        return replace(
            sample,
            energy_import=self._import.judge(sample.energy_import, sample.time),
            energy_export=self._export.judge(sample.energy_export, sample.time),
        )

    def _odd_voltages(self, sample: MeterSample) -> frozenset[str]:
        """Return as texts which voltages are not as usual."""
        if sample.voltage is None:
            return frozenset()
        for phase in sample.connected:  # one that is not shows no voltage
            self._voltages[phase].append(sample.voltage[phase])
        return frozenset(
            f"the voltage of {phase.name} jumps"
            for phase in sample.connected
            for usual in [self._usual_voltage(phase)]
            if abs(sample.voltage[phase] - usual) > VOLTAGE_STEP * usual
        )

    def _usual_voltage(self, phase: Phase) -> float:
        return median_low(self._voltages[phase])

    def _rises(self, sample: MeterSample) -> bool:
        """Whether a current rises that is no product of an odd voltage."""
        return sample.voltage is not None and any(
            sample.current[phase] > self._believed[phase] + RISE
            and sample.voltage[phase]
            >= LEAST_VOLTAGE_SHARE * self._usual_voltage(phase)
            for phase in sample.connected
        )

    def _doubts_of_currents(self, sample: MeterSample) -> Iterator[str]:
        """Yield as texts what is strange about the currents, though it may be true."""
        most = MAX_MEASURED_CURRENT[self._variant]
        for phase in sample.connected:
            amps = abs(sample.current[phase])
            if amps <= JUMP * abs(self._believed[phase]):
                continue
            if amps > most:
                yield f"{phase.name} jumps beyond the range"
            elif amps > POWER_FACTOR_FROM and _has_little_power(sample, phase):
                yield f"{phase.name} jumps beyond what its power shows"
        total = sum(map(abs, sample.current))
        self._totals.append(total)
        # As of a meter that restarts [StyraHem/ShellyForHASS#380].
        if total == 0.0 and median_low(self._totals) > LEAST_TOTAL:
            yield "no current at all"


def _has_little_power(sample: MeterSample, phase: Phase) -> bool:
    """Whether a phase has less power than a household's loads with its current."""
    if sample.voltage is None or sample.power is None:
        return False
    apparent = sample.voltage[phase] * abs(sample.current[phase])
    return abs(sample.power[phase]) < LEAST_POWER_FACTOR * apparent


def _check_power(sample: MeterSample) -> None:
    """Raise ImplausibleSampleError where a current is too little for the power it carries."""
    if sample.voltage is None or sample.power is None:
        return
    for phase in sample.connected:
        carried = sample.voltage[phase] * (abs(sample.current[phase]) + POWER_SLACK)
        if abs(sample.power[phase]) > POWER_EXCESS * carried:
            raise ImplausibleSampleError(
                f"{phase.name} has more power than its current carries"
            )


class PlausibleMeter(Meter):
    """A meter of a variant without the samples that cannot be true; they are counted."""

    def __init__(self, meter: Meter, variant: str) -> None:
        self._meter = meter
        self._plausibility = Plausibility(variant)

    @property
    @override
    def rejected_samples(self) -> int:
        """How many the meter rejected itself, and how many were rejected here."""
        return self._meter.rejected_samples + self._rejected

    @override
    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Start the meter; of its samples only the plausible are passed on."""

        def pass_on(sample: MeterSample) -> None:
            try:
                sample = self._plausibility.judge(sample)
            except ImplausibleSampleError:
                self._rejected += 1
            else:
                on_sample(sample)

        await self._meter.start(pass_on, on_connection)

    @override
    async def stop(self) -> None:
        """Stop the meter."""
        await self._meter.stop()
