"""Every shipped scenario keeps its bounds."""

import pytest

from bench.report import run_file
from bench.scenario_file import SCENARIOS, load

PATHS = sorted(SCENARIOS.glob("*.json"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_keeps_its_bounds(path):
    report = run_file(path)

    assert report.misses(load(path)) == []
    assert report.optimum_share <= 1.02


def test_there_are_enough():
    assert len(PATHS) >= 20
    assert all(load(path).expect for path in PATHS)
