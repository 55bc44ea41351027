"""How many examples the properties are tried on.

`HYPOTHESIS_PROFILE=thorough` tries many more, other ones each time.
"""

import os
from pathlib import Path

from hypothesis import HealthCheck, is_hypothesis_test, settings
import pytest

settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "thorough", settings.get_profile("ci"), derandomize=False, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a property that fails the time to find its smallest example."""
    thorough = settings.get_current_profile_name() == "thorough"
    for item in items:
        if (
            isinstance(item, pytest.Function)
            and Path(__file__).parent in item.path.parents
            and is_hypothesis_test(item.obj)
        ):
            item.add_marker(pytest.mark.timeout(0 if thorough else 600))
