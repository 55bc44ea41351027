"""What chargers draw is counted, whatever is known of the voltage."""

import pytest

from custom_components.amp_guard.loop.charged_energy import EnergyCounter
from custom_components.amp_guard.meters import MeterSample
from custom_components.amp_guard.model import (
    Allocation,
    ChargerReading,
    ChargerStatus,
    Decision,
    EarthingSystem,
    PhaseValues,
    Reason,
)

THREE_PHASES = PhaseValues(10.0, 10.0, 10.0)
ONE_LOAD_BETWEEN_LINES = PhaseValues(10.0, 10.0, 0.0)


def count(
    *,
    drawn: PhaseValues,
    voltage: PhaseValues | None = None,
    net: EarthingSystem = EarthingSystem.TN,
    reason: Reason = Reason.SHARED,
    status: ChargerStatus = ChargerStatus.CHARGING,
    step: float = 5.0,
) -> float:
    """Return the kWh of 720 turns."""
    allocation = Allocation(charger="a", current=10.0, reason=reason, send=False)
    sample = MeterSample(time=0.0, current=drawn, voltage=voltage)
    energy = EnergyCounter()
    for turn in range(721):
        decision = Decision(
            time=100.0 + turn * step,
            allocations={"a": allocation},
            nodes={},
            drawn={"a": drawn},
        )
        reading = ChargerReading(status=status)
        energy.count(decision, {"a": reading}, {"supply": sample}, net)
    return energy.totals.get("a", 0.0)


@pytest.mark.parametrize(
    ("circumstances", "kwh"),
    [
        ({}, 6.9),
        ({"voltage": PhaseValues(240.0, 230.0, 220.0)}, 6.9),
        ({"voltage": PhaseValues(240.0, 240.0, 240.0)}, 7.2),
        # Only L1 has a voltage wire.
        ({"voltage": PhaseValues(240.0, 0.0, 0.0)}, 7.0),
        ({"drawn": ONE_LOAD_BETWEEN_LINES, "net": EarthingSystem.IT}, 2.3),
        ({"reason": Reason.INACTIVE}, 0.0),
        ({"status": ChargerStatus.LOST}, 0.0),
        # Nobody looked for an hour at a time: 30 s of each are counted.
        ({"step": 3600.0}, 6.9 * 6),
    ],
)
def test_an_hour_of_charging(circumstances: dict, kwh: float) -> None:
    assert count(**{"drawn": THREE_PHASES} | circumstances) == pytest.approx(kwh)


def test_it_goes_on_from_before() -> None:
    energy = EnergyCounter()
    energy.restore("a", 12.5)
    assert energy.totals == {"a": 12.5}
    energy.restore("a", 12.5)  # its sensor was renamed
    assert energy.totals == {"a": 12.5}
