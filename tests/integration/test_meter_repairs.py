"""A current sensor that sits wrong is told, by its phase, and mends itself."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.amp_guard.const import DOMAIN

from .helpers import PlainCharger, Property, add_charger

QUIET = (1.0, 2.0, 3.0)


async def goes(
    hass: HomeAssistant, house: Property, car: PlainCharger, amps: float, *signs: int
) -> None:
    """Let a car draw so much for a minute; a sensor with the sign -1 is turned."""
    car.says("charging" if amps else "connected", amps)
    seen = [sign * (a + amps) for a, sign in zip(QUIET, signs, strict=True)]
    await house.passes(hass, 65, *seen)


def told(hass: HomeAssistant) -> dict[str, str]:
    issues = ir.async_get(hass).issues.values()
    return {
        issue.translation_placeholders["phase"]: issue.translation_key
        for issue in issues
        if issue.domain == DOMAIN and issue.translation_key.startswith("current_sensor")
    }


async def test_a_turned_sensor_is_told_and_mends_itself(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    for amps in (0.0, 8.0, 0.0, 8.0):
        assert told(hass) == {}
        await goes(hass, house, left, amps, 1, -1, 1)
    assert told(hass) == {"L2": "current_sensor_turned"}

    for amps in (0.0, 8.0):
        await goes(hass, house, left, amps, 1, 1, 1)
    assert told(hass) == {}


async def test_nothing_is_left_of_a_removed_supply(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    for amps in (0.0, 8.0, 0.0, 8.0):
        await goes(hass, house, left, amps, 1, -1, 1)
    assert told(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    assert told(hass) == {}
