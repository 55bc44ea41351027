"""What the runs share: how long they are, and a hand on time."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import logging

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

# Home Assistant's test directory has a custom_components of its own; ours comes first.
import custom_components  # noqa: F401
from custom_components.amp_guard.chargers import driver

from .property import Property

logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add how long it is to be."""
    parser.addoption("--hours", type=int, default=72, help="simulated, at 1 Hz")
    parser.addoption("--reloads", type=int, default=200)


@pytest.fixture
async def advance(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a hand on the loop's time and on the clock: they go on by so many s."""
    loop = asyncio.get_running_loop()
    loop.set_debug(False)
    time, utcnow, ahead = loop.time, dt_util.utcnow, [0.0]
    monkeypatch.setattr(loop, "time", lambda: time() + ahead[0])
    monkeypatch.setattr(dt_util, "utcnow", lambda: utcnow() + timedelta(0, ahead[0]))

    def move(seconds: float) -> None:
        ahead[0] += seconds

    return move


@pytest.fixture
async def home(
    hass: HomeAssistant,
    advance: Callable[[float], None],
    enable_custom_integrations: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Property:
    """Return a property, not yet set up."""

    async def nothing(_hass: HomeAssistant, _entity_id: str) -> None:
        """Read nothing anew: what a charger shows is written each second."""

    monkeypatch.setattr(driver, "async_update_entity", nothing)
    return Property(hass, advance)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Return what shows a line at once."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(line, flush=True)

    return say
