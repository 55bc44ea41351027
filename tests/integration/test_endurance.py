"""Reloads leave nothing behind; `scripts/endurance` makes many more, and days of it."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant
import pytest

from bench.endurance.left_over import look
from bench.endurance.property import Property
from custom_components.amp_guard.chargers import driver

WARM, MORE = 5, 20
"""Reloads after which all has been there once, and those that are counted."""


@pytest.fixture
async def home(
    hass: HomeAssistant,
    later: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    hass_storage: dict[str, object],
) -> Property:
    async def nothing(_hass: HomeAssistant, _entity_id: str) -> None:
        """Read nothing anew: what a charger shows is written each second."""

    monkeypatch.setattr(driver, "async_update_entity", nothing)
    home = Property(hass, later)
    await home.set_up()
    return home


async def reload(home: Property, times: int) -> None:
    for _ in range(times):
        assert await home.hass.config_entries.async_reload(home.entry.entry_id)
        await home.passes(12)


async def test_reloads_leave_no_listener_timer_task_or_loop(home: Property) -> None:
    await reload(home, WARM)
    before = look(home.hass)
    await reload(home, MORE)
    after = look(home.hass)

    assert after.listeners == before.listeners
    assert after.tasks == before.tasks
    assert after.timers <= before.timers + 1  # something may be due to be stored
    for part in ("AmpGuardCoordinator", "Balancer", "ChargerDriver", "CommandMachine"):
        assert after.ours[part] == before.ours[part] > 0
    assert after.ours.total() < before.ours.total() * 1.1


async def test_a_charger_that_comes_and_goes_is_no_blip_for_the_others(
    home: Property,
) -> None:
    home.is_steady = True
    await home.passes(200)
    others = list(home.chargers)
    before = [(each.limit, each.enabled, each.drawn) for each in others]
    assert sum(each.drawn for each in others) > 6.0

    added = await home.add_charger()
    home.chargers[-1].enabled = False  # its car is not there yet
    told = [(each.limit, each.enabled) for each in others]
    await home.remove_charger(added)
    await home.passes(20)

    assert told == [(limit, enabled) for limit, enabled, _ in before]
    assert [(each.limit, each.enabled, each.drawn) for each in others] == before
