"""Energy counters: a false figure of one is replaced by the last that was true.

A counter that falls counts as exchanged: statistics would count all that it had counted
once more when it is back. So a figure is believed only where it follows on what the
counter showed in most samples of late. The rest of the sample is not affected.
"""

from collections import deque

from homeassistant.const import UnitOfEnergy
from homeassistant.util.unit_conversion import EnergyConverter

from ..model import PhaseValues

RECENT = 9
"""Samples by which a counter is judged; one that was exchanged is believed when half of
them are its own."""
COARSENESS = 1.0
"""kWh that a counter may go on by at once: some count in whole kWh."""


class Counter:
    """One counter of each phase, kWh; at most `largest_power` (W) flows on a phase."""

    def __init__(self, largest_power: float) -> None:
        self._largest_rate = EnergyConverter.convert(
            largest_power, UnitOfEnergy.JOULE, UnitOfEnergy.KILO_WATT_HOUR
        )  # kWh/s
        self._recent: deque[tuple[float, PhaseValues]] = deque(maxlen=RECENT)
        self._believed: PhaseValues | None = None

    def judge(self, counted: PhaseValues | None, time: float) -> PhaseValues | None:
        """Return what it has counted at `time` (s), or the last that was believed.

        None where it shows nothing, and at the start, where nothing confirms it yet.
        """
        if counted is None:
            return None
        follows = sum(self._follows(counted, time, each) for each in self._recent)
        if follows and 2 * follows >= len(self._recent):
            self._believed = counted
        self._recent.append((time, counted))
        return self._believed

    def _follows(
        self, counted: PhaseValues, time: float, earlier: tuple[float, PhaseValues]
    ) -> bool:
        """Whether the counter can have come this far since."""
        since, before = earlier
        most = COARSENESS + self._largest_rate * (time - since)
        return all(0.0 <= b - a <= most for a, b in zip(before, counted, strict=True))
