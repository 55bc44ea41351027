"""Every shipped scenario goes well with chargers that report in another way.

Each is told in one way here, in turn, so that all ways come; `scripts/bench closed-loop
--all --told WAY` runs all in any. The weeks and the longest course are left to that.
"""

import pytest

from bench.field import TELLINGS, told
from bench.report import run_scenario
from bench.scenario_file import SCENARIOS, load

LONGEST = 6000.0
"""s of a scenario that is run here."""
WAYS = tuple(TELLINGS)
SHARE = 0.8
"""Part of what a scenario's own way of telling gives, that any other gives at least."""
CASES = [
    pytest.param(scenario, WAYS[number % len(WAYS)], id=f"{scenario.name}")
    for number, scenario in enumerate(
        scenario
        for scenario in map(load, sorted(SCENARIOS.glob("*.json")))
        if scenario.duration <= LONGEST
    )
]


@pytest.mark.parametrize(("scenario", "way"), CASES)
def test_no_way_of_telling_costs_the_fuse_or_the_cars(scenario, way) -> None:
    own, other = run_scenario(scenario), run_scenario(told(scenario, way))

    assert other.fuse_trips == 0
    assert other.optimum_share <= 1.02
    assert other.cars_charged == own.cars_charged
    assert other.energy_total_kwh >= SHARE * own.energy_total_kwh


def test_every_way_comes():
    assert {way for _, way in (case.values for case in CASES)} == set(TELLINGS)
