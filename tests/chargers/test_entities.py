"""A charger's entities among those of a whole house."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.chargers import entities
from custom_components.amp_guard.chargers.entities import ChargerEntities
from custom_components.amp_guard.chargers.profile import Role
from custom_components.amp_guard.chargers.profiles import PROFILES


async def test_what_others_register_is_looked_at_once_and_not_by_each_charger(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 chargers of which each looked anew for each entity took minutes to set up."""
    looks = []
    look = entities.registry_entries
    monkeypatch.setattr(
        entities, "registry_entries", lambda *of: looks.append(of) or look(*of)
    )
    entry = MockConfigEntry(domain="peblar")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("peblar", "garage")}
    )
    charger = ChargerEntities(
        hass,
        PROFILES["peblar"],
        device_id=device.id,
        connector=1,
        picked={},
        on_change=lambda: None,
    )
    charger.start()
    looks.clear()
    registry = er.async_get(hass)
    for number in range(50):
        registry.async_get_or_create("sensor", "amp_guard", f"foreign{number}")
    await hass.async_block_till_done()
    assert not looks

    registry.async_get_or_create(
        "switch",
        "peblar",
        "garage_charge",
        config_entry=entry,
        device_id=device.id,
        translation_key="charge",
    )
    await hass.async_block_till_done()
    assert Role.ENABLE in charger
    charger.stop()
