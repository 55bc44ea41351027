"""What is known of a charger beside its settings: what is learned, what its user set."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.amp_guard.const import DOMAIN

from .helpers import PlainCharger, Property, enable_all, entity_id

QUIET = (2.0, 2.0, 2.0)


async def test_the_lag_is_handed_to_the_law_after_a_restart(
    hass: HomeAssistant,
    hass_storage: dict,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    left = chargers["left"]
    await house.passes(hass, 60, *QUIET, cars=[left])
    assert left.limit == 16.0
    assert entry.runtime_data.site.chargers[0].command_lag == 5.0
    # A cut that the car follows late.
    for second in range(10):
        left.says("charging", 16.0 if second < 9 else left.limit)
        await house.passes(hass, 1, 28.0, 20.0, 20.0)

    await hass.config_entries.async_reload(entry.entry_id)

    stored = hass_storage[f"{DOMAIN}.{entry.entry_id}.learned"]["data"][left_id]
    (lag,) = stored["lags"]
    assert 8.0 <= lag <= 10.0
    assert entry.runtime_data.site.chargers[0].command_lag == lag


async def test_a_ceiling_set_at_the_charger_outlives_a_restart_but_not_the_car(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    left = chargers["left"]
    await enable_all(hass, entry)
    await house.passes(hass, 300, *QUIET, cars=[left])
    assert left.limit == 16.0
    number = {"entity_id": "input_number.left", "value": 9}
    await hass.services.async_call("input_number", "set_value", number, blocking=True)
    await house.passes(hass, 60, *QUIET, cars=[left])
    user_limit = entity_id(hass, "sensor", left_id, "user_limit")
    reason = entity_id(hass, "sensor", left_id, "reason")
    assert left.limit == 9.0
    assert hass.states.get(user_limit).state == "9.0"
    assert hass.states.get(reason).state == "user_limit"

    await hass.config_entries.async_reload(entry.entry_id)
    await house.passes(hass, 60, *QUIET, cars=[left])
    assert left.limit == 9.0

    left.says("disconnected")
    await house.passes(hass, 15, *QUIET)
    assert hass.states.get(user_limit).state == "unknown"
    left.says("connected")
    await house.passes(hass, 90, *QUIET, cars=[left])
    assert left.limit == 16.0


async def test_a_ceiling_set_at_the_charger_is_released_on_request(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    left = chargers["left"]
    await enable_all(hass, entry)
    button = entity_id(hass, "button", left_id, "release_user_limit")
    await house.passes(hass, 300, *QUIET, cars=[left])
    number = {"entity_id": "input_number.left", "value": 9}
    await hass.services.async_call("input_number", "set_value", number, blocking=True)
    await house.passes(hass, 60, *QUIET, cars=[left])
    assert left.limit == 9.0

    await hass.services.async_call(
        "button", "press", {"entity_id": button}, blocking=True
    )
    await house.passes(hass, 60, *QUIET, cars=[left])
    assert left.limit == 16.0
    user_limit = entity_id(hass, "sensor", left_id, "user_limit")
    assert hass.states.get(user_limit).state == "unknown"


async def test_nothing_is_kept_of_a_removed_entry(
    hass: HomeAssistant,
    hass_storage: dict,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    left_id: str,
) -> None:
    await house.passes(hass, 90, *QUIET, cars=[chargers["left"]])
    await hass.config_entries.async_reload(entry.entry_id)
    key = f"{DOMAIN}.{entry.entry_id}.learned"
    assert key in hass_storage

    await hass.config_entries.async_remove(entry.entry_id)
    assert key not in hass_storage
