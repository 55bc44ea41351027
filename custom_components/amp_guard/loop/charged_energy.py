"""Energy: what each charger drew while it was balanced, counted from its current.

For reports, not for bills: it is as good as the current that the charger reports, and
as the voltage that the meter measures (230 V where it measures none).
"""

from collections.abc import Mapping

from ..const import NOMINAL_VOLTAGE
from ..meters import MeterSample
from ..model import (
    SUPPLY_ID,
    ChargerReading,
    ChargerStatus,
    Decision,
    EarthingSystem,
    PhaseValues,
    Reason,
)

LEAST_VOLTAGE = 100.0
"""V. A phase that reads less is not measured: it has no voltage wire."""
LONGEST_STEP = 30.0
"""s between cycles that are counted; in a longer gap nobody looked."""
JOULES_PER_KWH = 3.6e6


class EnergyCounter:
    """Counts what the chargers of one supply draw.

    `totals` are kWh by charger; `power` is W, of each that is balanced and known.
    """

    def __init__(self) -> None:
        """Start at zero."""
        self.totals: dict[str, float] = {}
        self._began_with: Mapping[str, float] = {}
        self._restored: set[str] = set()
        self._time: float | None = None
        self.power: dict[str, float] = {}

    def begin_with(self, totals: Mapping[str, float]) -> None:
        """Go on from what chargers had drawn when that was kept last, kWh."""
        self._began_with = totals
        self.totals = dict(totals)

    def restore(self, charger: str, total: float) -> None:
        """Go on from what a charger had drawn before, kWh; a second time is none.

        Of what its sensor knows and what was kept the higher counts: none of it is
        counted twice, and neither was ever too high.
        """
        if charger in self._restored:
            return
        self._restored.add(charger)
        more = max(0.0, total - self._began_with.get(charger, 0.0))
        self.totals[charger] = self.totals.get(charger, 0.0) + more

    def count(
        self,
        decision: Decision,
        readings: Mapping[str, ChargerReading],
        samples: Mapping[str, MeterSample],
        net: EarthingSystem,
    ) -> None:
        """Count up to a decision; from then on what it says is drawn."""
        if self._time is not None:
            step = min(max(decision.time - self._time, 0.0), LONGEST_STEP)
            for charger, power in self.power.items():
                drawn = power * step / JOULES_PER_KWH
                self.totals[charger] = self.totals.get(charger, 0.0) + drawn
        self._time = decision.time
        sample = samples.get(SUPPLY_ID)
        voltage = None if sample is None else sample.voltage
        self.power = {
            charger: watts(decision.drawn[charger], voltage, net)
            for charger, allocation in decision.allocations.items()
            if allocation.reason is not Reason.INACTIVE
            and readings[charger].status is not ChargerStatus.LOST
        }


def watts(
    drawn: PhaseValues, voltage: PhaseValues | None, net: EarthingSystem
) -> float:
    """Return the power of what is drawn, A by phase, in W; V where they are measured."""
    if net is EarthingSystem.IT:
        # Each load hangs between two lines, and is seen in both. (Of a load on all
        # three this is 7 % less than it draws.)
        return NOMINAL_VOLTAGE * sum(drawn) / 2
    if voltage is None:
        return NOMINAL_VOLTAGE * sum(drawn)
    return sum(
        current * (volts if volts >= LEAST_VOLTAGE else NOMINAL_VOLTAGE)
        for current, volts in zip(drawn, voltage, strict=True)
    )
