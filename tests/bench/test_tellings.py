"""Every shipped scenario goes well with chargers that report in another way.

Each is told in one way here, in turn, so that all ways come; `scripts/bench closed-loop
--all --told WAY` runs all in any. What lasts longer than an hour is left to that. A meter that stands still can
be proven by chargers alone: where they are silent as well nobody knows.
"""

import pytest

from bench.field import TELLINGS, told
from bench.report import run_scenario
from bench.scenario import Scenario
from bench.scenario_file import SCENARIOS, load

LONGEST = 3600.0
"""s of a scenario that is run here."""
WAYS = tuple(TELLINGS)
PROVES = "30 s late"
"""A way in which chargers say something, however steady they draw."""


def some_way(scenario: Scenario, number: int) -> str:
    """Return the way in which a scenario is told here."""
    frozen = any(meter.frozen for meter in scenario.meters.values())
    return PROVES if frozen else WAYS[number % len(WAYS)]


CASES = [
    pytest.param(scenario, some_way(scenario, number), id=scenario.name)
    for number, scenario in enumerate(
        scenario
        for scenario in map(load, sorted(SCENARIOS.glob("*.json")))
        if scenario.duration <= LONGEST
    )
]


@pytest.mark.parametrize(("scenario", "way"), CASES)
def test_no_way_of_telling_costs_the_fuse_or_a_car(scenario, way) -> None:
    report = run_scenario(told(scenario, way))

    assert report.fuse_trips == 0
    assert report.optimum_share <= 1.02
    assert report.cars_charged == len(scenario.cars)


def test_every_way_comes() -> None:
    assert {way for _, way in (case.values for case in CASES)} == set(TELLINGS)
