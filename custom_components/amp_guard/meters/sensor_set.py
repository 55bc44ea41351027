"""From what a set of sensors reads to one sample: amperes, and in which direction.

Pure: units and signs are the caller's to mend. Power, in W, and current, in A, are
negative while the property exports. Load is never read as export: where the direction
is not known a current counts as load, and that can only make the balancer give less.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from ..const import NOMINAL_VOLTAGE
from ..model import Phase, PhaseValues
from . import MeterSample

SMALLEST_DIVISOR = 1.0
"""V that power is divided by where a phase shows no voltage."""
LEAST_POWER_FACTOR = 0.5
"""What all of a household's loads together hardly go below, a welder between two phases
among them; with it a sum of currents and a power are taken to agree."""
COARSENESS = 0.6
"""A by which a meter's currents may be off: whole amps, and a little."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseReading:
    """What is read of one phase; None where no sensor measures it.

    `signed` is whether its current is known to be negative where it is exported.
    """

    current: float | None = None
    voltage: float | None = None
    power: float | None = None
    signed: bool = False

    @property
    def is_measured(self) -> bool:
        """Whether its current can be known."""
        return self.current is not None or self.power is not None

    @property
    def shows_direction(self) -> bool:
        """Whether export can be told from import."""
        return self.power is not None or self.signed


def take_sample(
    readings: Mapping[Phase, PhaseReading],
    *,
    time: float,
    total_power: float | None = None,
) -> MeterSample:
    """Return the sample that the readings of the measured phases are, of `time`.

    `total_power`, of all phases together at the same moment, shows the direction of
    currents that do not show it themselves.
    """
    current = {phase: signed_current(reading) for phase, reading in readings.items()}
    if total_power is not None:
        for phase in exporting_phases(readings, total_power):
            current[phase] = -abs(current[phase])

    def values(figures: Mapping[Phase, float | None]) -> PhaseValues | None:
        if None in figures.values():
            return None
        return PhaseValues(*(figures.get(phase) or 0.0 for phase in Phase))

    return MeterSample(
        time=time,
        connected=tuple(sorted(readings)),
        current=PhaseValues(*(current.get(phase, 0.0) for phase in Phase)),
        voltage=values({phase: r.voltage for phase, r in readings.items()}),
        power=values({phase: r.power for phase, r in readings.items()}),
        signed=all(reading.shows_direction for reading in readings.values()),
    )


def signed_current(reading: PhaseReading) -> float:
    """Return A of one phase.

    Import is the most that its sensors show: whole amps round down, and power leaves
    reactive current out. Export is what power shows: only that is there to be used.
    """
    if reading.power is None:
        return reading.current or 0.0
    active = reading.power / _voltage(reading)
    if reading.power < 0.0:
        return active
    return max(active, abs(reading.current or 0.0))


def exporting_phases(
    readings: Mapping[Phase, PhaseReading], total_power: float
) -> set[Phase]:
    """Return the phases that must export for the currents to give the total power.

    None do unless the property as a whole clearly exports. Where the same total comes
    about in several ways a phase exports only if it does so in all of them.
    """
    slack = COARSENESS * sum(map(_voltage, readings.values()))
    if total_power > -slack:
        return set()
    apparent = {
        phase: signed_current(reading) * _voltage(reading)
        for phase, reading in readings.items()
    }
    unknown = [phase for phase, r in readings.items() if not r.shows_direction]
    ways = []
    for signs in product((1, -1), repeat=len(unknown)):
        exports = {
            phase for phase, sign in zip(unknown, signs, strict=True) if sign < 0
        }
        powers = [-va if phase in exports else va for phase, va in apparent.items()]
        load = sum(power for power in powers if power > 0)
        export = sum(power for power in powers if power < 0)
        least = LEAST_POWER_FACTOR * load + export
        most = load + LEAST_POWER_FACTOR * export
        if least - slack <= total_power <= most + slack:
            ways.append(exports)
    return set.intersection(*ways) if ways else set()


def _voltage(reading: PhaseReading) -> float:
    if reading.voltage is None:
        return NOMINAL_VOLTAGE
    return max(reading.voltage, SMALLEST_DIVISOR)
