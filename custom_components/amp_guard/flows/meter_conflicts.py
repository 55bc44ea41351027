"""What sensors cannot measure a property: another's meter, or what a charger draws."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..chargers import ChargerConfig, Role, find_chargers
from ..chargers.entities import ChargerEntities
from ..const import (
    CONF_CONNECTOR,
    CONF_ENTITIES,
    CONF_PROFILE,
    CONF_SENSORS,
    DOMAIN,
    AmpGuardConfigEntry,
)
from ..meters.sensors import resolve
from .charger_draft import ChargerDraft, balanced_chargers, draft_of_found

DRAWN = (
    Role.CURRENT_L1,
    Role.CURRENT_L2,
    Role.CURRENT_L3,
    Role.SOCKET_CURRENT,
    Role.POWER,
)
"""What of a charger's entities shows its own draw."""


def is_taken(
    hass: HomeAssistant,
    sensors: Iterable[str],
    changed: AmpGuardConfigEntry | None = None,
) -> bool:
    """Say whether another supply than `changed` is measured by one of these sensors."""
    wanted = set(sensors)
    return any(
        not wanted.isdisjoint(entry.data[CONF_SENSORS].values())
        for entry in hass.config_entries.async_entries(DOMAIN)
        if CONF_SENSORS in entry.data and entry is not changed
    )


def chargers_draw(hass: HomeAssistant) -> dict[str, str]:
    """Return the entities that show what a charger draws, each with its charger's name."""
    return {
        entity_id: draft.title
        for draft in _chargers(hass)
        for entities in [_entities(hass, draft)]
        for role in DRAWN
        if (entity_id := entities.entity_id(role)) is not None
    }


def charger_of(hass: HomeAssistant, sensors: Mapping[str, str]) -> str | None:
    """Return the charger on whose device one of these sensors is, by its name."""
    registry = er.async_get(hass)
    entries = (registry.async_get(resolve(hass, id_)) for id_ in sensors.values())
    devices = {entry.device_id for entry in entries if entry is not None} - {None}
    return next(
        (draft.title for draft in _chargers(hass) if draft.device(hass) in devices),
        None,
    )


def _chargers(hass: HomeAssistant) -> Iterator[ChargerDraft]:
    """Yield all chargers, balanced and only recognised."""
    found = (draft_of_found(charger) for charger in find_chargers(hass))
    return chain(balanced_chargers(hass), found)


def _entities(hass: HomeAssistant, draft: ChargerDraft) -> ChargerEntities:
    identity = draft.identity
    return ChargerEntities.of(
        hass,
        ChargerConfig(
            id="",
            device_id=draft.device(hass),
            profile=identity[CONF_PROFILE],
            connector=identity.get(CONF_CONNECTOR, 1),
            entities=identity.get(CONF_ENTITIES, {}),
        ),
    )
