"""Which devices are chargers that a profile recognises."""

from collections.abc import Iterator
from dataclasses import dataclass
import re

from homeassistant.components.number import ATTR_MAX
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .entities import find_entities, registry_entries
from .known_model import known_model
from .profile import ANY_ENTITIES, CURRENT_ROLES, KnownModel, Profile, Role
from .profiles import PROFILES

MAX_CONNECTORS = 4
"""Connectors that one device may have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundCharger:
    """A charger that a profile recognises; `max_current` is A, None where not known.

    `connector` is its number among those of one device; `phases` is how many phases
    its integration measures, None where it measures none.
    """

    device_id: str | None
    name: str
    profile: str
    connector: int = 1
    max_current: float | None = None
    phases: int | None = None


def find_chargers(hass: HomeAssistant) -> list[FoundCharger]:
    """Return the chargers among all devices, by name."""
    found = [
        charger
        for device_id, integration in _devices(hass)
        for profile in PROFILES.values()
        if profile.integration == integration and profile.name != ANY_ENTITIES
        for charger in _chargers_of(hass, profile, device_id)
    ]
    return sorted(found, key=lambda charger: (charger.name, charger.connector))


def _devices(hass: HomeAssistant) -> list[tuple[str | None, str]]:
    """Return each device (None: entities without one) with each of its integrations."""
    return sorted(
        {
            (entry.device_id, entry.platform)
            for entry in er.async_get(hass).entities.values()
        },
        key=str,
    )


def _chargers_of(
    hass: HomeAssistant, profile: Profile, device_id: str | None
) -> Iterator[FoundCharger]:
    device = dr.async_get(hass).async_get(device_id or "", include_child_devices=False)
    model = (device.model or "") if device else ""
    if profile.models is not None and model not in profile.models:
        return
    entries = registry_entries(hass, profile, device_id)
    known = known_model(hass, profile, device_id)
    connectors = MAX_CONNECTORS if profile.has_connectors else 1
    for connector in range(1, connectors + 1):
        entities = find_entities(profile, entries, connector)
        if not set(profile.needed_roles) <= entities.keys():
            continue
        own = _own_connector(profile, device) or connector
        if known is not None and own == known.outlet:
            continue
        name = profile.name
        if device is not None:
            name = device.name_by_user or device.name or name
        yield FoundCharger(
            device_id=device_id,
            name=f"{name} {connector}" if profile.has_connectors else name,
            profile=profile.name,
            connector=connector,
            max_current=_max_current(hass, profile, entities, known),
            phases=_phases(entities),
        )


def _own_connector(profile: Profile, device: dr.DeviceEntry | None) -> int | None:
    """Return the connector that a device is, where each is a device of its own."""
    for domain, identifier, *_ in device.identifiers if device else ():
        named = re.fullmatch(profile.identifier, identifier)
        if domain == profile.integration and named is not None:
            connector = named.groupdict().get("connector")
            return None if connector is None else int(connector)
    return None


def _max_current(
    hass: HomeAssistant,
    profile: Profile,
    entities: dict[Role, er.RegistryEntry],
    known: KnownModel | None,
) -> float | None:
    """Return the most that it can be set to, by its model and by its number."""
    of_model = None if known is None else known.max_current
    entry = entities.get(Role.LIMIT)
    state = None if entry is None else hass.states.get(entry.entity_id)
    of_number = None if state is None else state.attributes.get(ATTR_MAX)
    if not isinstance(of_number, int | float):
        return of_model
    limits = (float(of_number), profile.max_current, of_model)
    return min(limit for limit in limits if limit is not None)


def _phases(entities: dict[Role, er.RegistryEntry]) -> int | None:
    return sum(role in entities for role in CURRENT_ROLES) or None
