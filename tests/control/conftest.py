"""Properties take their time where they fail."""

from pathlib import Path

from hypothesis import is_hypothesis_test, settings
import pytest


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
