"""Whether a sample can be true, for every kind of measurement device alike.

Meters and what reads them drop digits, give zeros and mix up telegrams. A sample like
that is rejected by itself: the one before it stays in force, and the meter goes stale
only if nothing better comes. What is said again and again is believed in the end: a
phase may really be dead. More current than before is never doubted, as long as the
meter could measure it: to cut for nothing costs little, to wait may cost the fuse.
"""

from collections import deque
from collections.abc import Callable
from math import isfinite
from statistics import median_low

from ..model import PhaseValues
from . import (
    MAX_MEASURED_CURRENT,
    ImplausibleSampleError,
    Meter,
    MeterError,
    MeterSample,
)

MAX_VOLTAGE = 390.0
"""V. The meter's range [installation manual]."""
MAX_ENERGY = 1e9
"""kWh. Far more than any meter has counted."""
RECENT = 9
"""Samples that say what is usual; what half of them say is believed."""
VOLTAGE_STEP = 0.2
"""The share by which a voltage may be off what is usual: supplies are kept within
10 % of their nominal voltage (EN 50160), so this far is no step between two samples."""
LEAST_TOTAL = 1.0
"""A on all phases together, below which a reading of zero is nothing strange."""
POWER_EXCESS = 1.2
"""The share of voltage times current that power may seem to be ..."""
POWER_SLACK = 1.2
"""... on top of this current, A: whole amps that were rounded down."""


def check_range(sample: MeterSample, variant: str) -> None:
    """Raise ImplausibleSampleError where a figure is beyond what the variant can measure."""
    most = MAX_MEASURED_CURRENT[variant]
    for quantity, low, high in (
        ("current", -most, most),
        ("voltage", 0.0, MAX_VOLTAGE),
        ("power", -most * MAX_VOLTAGE, most * MAX_VOLTAGE),
        ("energy_import", 0.0, MAX_ENERGY),
        ("energy_export", 0.0, MAX_ENERGY),
    ):
        values: PhaseValues | None = getattr(sample, quantity)
        for value in values or ():
            if not isfinite(value) or not low <= value <= high:
                raise ImplausibleSampleError(f"{quantity} is out of range")


class Plausibility:
    """Checks the samples of one meter, each against those before it."""

    def __init__(self, variant: str) -> None:
        """Know the range of the variant."""
        self._variant = variant
        self._voltages: deque[PhaseValues] = deque(maxlen=RECENT)
        self._totals: deque[float] = deque(maxlen=RECENT)

    def check(self, sample: MeterSample) -> None:
        """Raise ImplausibleSampleError if the sample cannot be true."""
        check_range(sample, self._variant)
        self._check_voltage(sample)
        self._check_zeros(sample)
        _check_power(sample)

    def _check_voltage(self, sample: MeterSample) -> None:
        if sample.voltage is None:
            return
        self._voltages.append(sample.voltage)
        for phase in sample.connected:
            usual = median_low([voltage[phase] for voltage in self._voltages])
            if abs(sample.voltage[phase] - usual) > VOLTAGE_STEP * usual:
                raise ImplausibleSampleError(f"the voltage of {phase.name} jumps")

    def _check_zeros(self, sample: MeterSample) -> None:
        total = sum(map(abs, sample.current))
        self._totals.append(total)
        if total == 0.0 and median_low(self._totals) > LEAST_TOTAL:
            raise ImplausibleSampleError("no current at all")


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
    """A meter without the samples that cannot be true; they are counted."""

    def __init__(self, meter: Meter, variant: str) -> None:
        """Take the meter, and the variant whose range it has."""
        self._meter = meter
        self._plausibility = Plausibility(variant)

    @property
    def rejected_samples(self) -> int:
        """How many the meter rejected itself, and how many were rejected here."""
        return self._meter.rejected_samples + self._rejected

    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Start the meter."""

        def pass_on(sample: MeterSample) -> None:
            try:
                self._plausibility.check(sample)
            except ImplausibleSampleError:
                self._rejected += 1
            else:
                on_sample(sample)

        await self._meter.start(pass_on, on_connection)

    async def stop(self) -> None:
        """Stop the meter."""
        await self._meter.stop()
