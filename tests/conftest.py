"""What all tests share.

Properties are tried on the same examples each time. `HYPOTHESIS_PROFILE=thorough` tries
others each time, and many more of the law's.
"""

import asyncio
from collections.abc import Iterator
from functools import cache
import hashlib
import logging
from math import inf
import os
from pathlib import Path

from hypothesis import HealthCheck, is_hypothesis_test, settings
import pytest
from pytest_homeassistant_custom_component.common import get_test_config_dir

# Home Assistant's test directory has a custom_components of its own; ours comes first.
import custom_components  # noqa: F401

from .clock import Clock
from .properties import is_thorough

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

# The test plugin has each statement of the recorder told, to a console that others use.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
# And what Home Assistant sets up and registers, some hundred lines of each test.
logging.getLogger("homeassistant").setLevel(logging.WARNING)


def pytest_configure(config: pytest.Config) -> None:
    """Make what Home Assistant makes in its test directory when it is not there yet.

    All workers share that, and two that make it at once fail.
    """
    if not hasattr(config, "workerinput"):
        for domain in ("automation", "script", "template"):
            folder = Path(get_test_config_dir("blueprints", domain))
            folder.mkdir(parents=True, exist_ok=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a property that fails the time to find its smallest example."""
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker(pytest.mark.timeout(0 if is_thorough() else 600))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what only this project's tests know."""
    parser.addoption(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="keep the pictures of the set-up there, as docs/setup.md shows them",
    )


@pytest.fixture(scope="session", autouse=True)
def _each_pin_is_stretched_once() -> Iterator[None]:
    """Find the key of a meter once for all tests: it is always the same, and costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashlib, "pbkdf2_hmac", cache(hashlib.pbkdf2_hmac))
        yield


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a hand on the event loop's time."""
    loop = asyncio.get_running_loop()
    time, clock = loop.time, Clock()
    monkeypatch.setattr(loop, "time", lambda: time() + clock.ahead)
    return clock


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop check who calls it, as the test plugin does, but note no stacks.

    It would note one for each future and callback, which is half of what a test costs.
    Nor does it log who is slow: where time is moved, that is whoever moves it.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = inf
    monkeypatch.setattr(loop, "get_debug", lambda: False)
