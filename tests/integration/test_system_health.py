"""System information says whether each property is measured and balanced."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.amp_guard.const import DOMAIN

from .helpers import PlainCharger, Property, add_charger


async def test_what_is_measured_and_balanced(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await add_charger(hass, entry, chargers["left"])
    await house.passes(hass, 5, 1.0, 1.0, 1.0)
    assert await get_system_health_info(hass, DOMAIN) == {
        "properties": 1,
        "meters_online": 1,
        "chargers": 1,
        "chargers_not_following": 0,
    }
