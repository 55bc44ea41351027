"""What stands in homes: meters, how chargers report, how cars behave.

Meters as `docs/` and public reports have them; each figure is of a kind, not of one
product. Reports carry the time of their arrival: Home Assistant knows no other.
"""

from collections.abc import Mapping
from dataclasses import replace

from custom_components.amp_guard.model import Phase

from .meter import MeterModel
from .reporting import ReportModel
from .scenario import Scenario

METERS: Mapping[str, MeterModel] = {
    "1 s, 0.1 A, signed": MeterModel(checked=True),
    "1 s, 1 A, unsigned": MeterModel(resolution=1.0, signed=False, checked=True),
    "5 s, W and V, signed": MeterModel(interval=5.0, resolution=0.01, checked=True),
    "10 s, 0.1 A, unsigned": MeterModel(interval=10.0, signed=False, checked=True),
    "10 s, 1 A, unsigned": MeterModel(
        interval=10.0, resolution=1.0, signed=False, checked=True
    ),
    "30 s, 0.1 A, 3 s late": MeterModel(
        interval=30.0, delay=3.0, signed=False, checked=True
    ),
}
"""Amp Guard and Shelly 3EM; P1 of DSMR 5; readers that give watts and volts; HAN of
Norway and Sweden; P1 of whole amps each 10 s; what comes through a cloud."""

IT_METERS: Mapping[str, MeterModel] = {
    "1 s, 0.1 A, signed": METERS["1 s, 0.1 A, signed"],
    "10 s, 0.1 A, unsigned": METERS["10 s, 0.1 A, unsigned"],
    "10 s, 0.1 A, without L2": MeterModel(
        interval=10.0, signed=False, checked=True, measured=(Phase.L1, Phase.L3)
    ),
}
"""Those of a net of 3x230 V without neutral, one of which does not send L2."""

REPORTS: Mapping[str, ReportModel] = {
    "polled each 10 s": ReportModel(interval=10.0, draw_interval=10.0),
    "on change": ReportModel(only_changes=True, silent_after=180.0),
    "30 s late": ReportModel(interval=10.0, draw_interval=10.0, delay=30.0),
    "none": ReportModel(draw=False),
}
"""How chargers let be known what they draw: local ones that are polled; integrations
that push, which pass on only what changes, and whose silence means after three missed
reports that nothing is known; clouds; those that report no current."""

TELLINGS: Mapping[str, ReportModel] = {
    **REPORTS,
    "1 s late, with the meter": ReportModel(delay=1.0),
    "60 s late, on change": ReportModel(
        delay=60.0, only_changes=True, silent_after=180.0
    ),
}
"""Every way in which any scenario may be told: also those where a charger and the meter
are read in one moment, and the charger's part of it is older."""


def told(scenario: Scenario, way: str) -> Scenario:
    """Return a scenario whose chargers report in one of the `TELLINGS`.

    What they are stays: who is lost, what its user has set, whether it tells its limit.
    """
    model = TELLINGS[way]
    return replace(
        scenario,
        name=f"{scenario.name}, {way}",
        chargers=tuple(
            replace(
                setup,
                report=replace(
                    model,
                    limit=setup.report.limit,
                    user_limit=setup.report.user_limit,
                    lost=setup.report.lost,
                ),
            )
            for setup in scenario.chargers
        ),
        expect=(),
    )
