"""Every shipped scenario keeps its bounds."""

import pytest

from bench.report import run_file
from bench.scenario_file import SCENARIOS, load

PATHS = sorted(SCENARIOS.glob("*.json"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_keeps_its_bounds(path):
    report, scenario = run_file(path), load(path)
    switches = any(each.charger.one_phase_choices for each in scenario.chargers)

    assert report.misses(scenario) == []
    assert switches or report.optimum_share <= 1.02


def test_there_are_enough():
    assert len(PATHS) >= 20
    assert all(load(path).expect for path in PATHS)
