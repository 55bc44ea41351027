"""Devices: the meter, its groups and their chargers, each below the one before."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import (
    CONNECTION_NETWORK_MAC,
    DeviceEntryType,
)
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from ..chargers import Role
from ..const import (
    CONF_DESCRIPTION,
    CONF_ENTITIES,
    CONF_FIRMWARE,
    CONF_MAC,
    CONF_MODEL,
    CONF_SOURCE,
    CONF_VARIANT,
    DOMAIN,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from ..meters import Source
from ..model import SUPPLY_ID, Site


def meter_id(entry: AmpGuardConfigEntry) -> str:
    """Return what identifies the meter: its serial number, where it has one."""
    return entry.unique_id or entry.entry_id


@callback
def device_of(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, target: str
) -> dr.DeviceEntry | None:
    """Return the device that stands for a node or charger."""
    identifier = meter_id(entry) if target == SUPPLY_ID else target
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identifier), entry.entry_id
    )


@callback
def target_of(
    hass: HomeAssistant, device_id: str
) -> tuple[AmpGuardConfigEntry, str] | None:
    """Return the entry, and the node or charger in it, that a device stands for."""
    device = dr.async_get(hass).async_get(device_id)
    if device is None:
        return None
    entry = hass.config_entries.async_get_entry(device.config_entry_id)
    if entry is None or entry.domain != DOMAIN:
        return None
    for domain, identifier in device.identifiers:
        if domain == DOMAIN:
            return entry, SUPPLY_ID if identifier == meter_id(entry) else identifier
    return None


@callback
def kind_of(hass: HomeAssistant, device_id: str) -> str | None:
    """Return whether a device stands for a group, a charger or the supply."""
    if (found := target_of(hass, device_id)) is None:
        return None
    entry, target = found
    if target == SUPPLY_ID:
        return SUPPLY_ID
    subentry = entry.subentries.get(target)
    return None if subentry is None else subentry.subentry_type


@callback
def devices_picked(hass: HomeAssistant, target: Mapping[str, Any]) -> set[str]:
    """Return the devices of a target: those picked, and those of entities picked.

    A target is what an automation's editor picks: entities, devices, areas, floors and
    labels.
    """
    picked = async_extract_referenced_entity_ids(hass, TargetSelection(dict(target)))
    registry = er.async_get(hass)
    entities = picked.referenced | picked.indirectly_referenced
    of_entities = {
        entry.device_id
        for entity_id in entities
        if (entry := registry.async_get(entity_id)) is not None
        and entry.device_id is not None
    }
    return picked.referenced_devices | of_entities


@callback
def move_meter(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    unique_id: str | None,
    title: str,
) -> str:
    """Let an entry's device and entities be those of another meter.

    `unique_id` and `title` are what an entry of that meter would have. Return the
    entry's new title: one that its owner gave it stays.
    """
    before, after = meter_id(entry), unique_id or entry.entry_id
    entities = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(entities, entry.entry_id):
        key = entity.unique_id.removeprefix(f"{before}_")
        if key != entity.unique_id:
            entities.async_update_entity(
                entity.entity_id, new_unique_id=f"{after}_{key}"
            )
    if (device := device_of(hass, entry, SUPPLY_ID)) is not None:
        dr.async_get(hass).async_update_device(
            device.id, new_identifiers={(DOMAIN, after)}, new_connections=set()
        )
    model = entry.data[CONF_MODEL]
    was_given = {model, f"{model} {entry.unique_id}", hass.config.location_name}
    return title if entry.title in was_given else entry.title


@callback
def register_devices(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, site: Site
) -> None:
    """Register the meter, its groups and their chargers, each below the one before."""
    registry = dr.async_get(hass)
    is_amp_guard = entry.data[CONF_SOURCE] == Source.AMP_GUARD
    meter = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, meter_id(entry))},
        connections=(
            {(CONNECTION_NETWORK_MAC, mac)}
            if (mac := entry.data.get(CONF_MAC))
            else set()
        ),
        manufacturer="Charge Amps" if is_amp_guard else None,
        model=entry.data[CONF_MODEL],
        hw_version=entry.data[CONF_VARIANT].capitalize(),
        name=entry.data[CONF_MODEL],
        serial_number=entry.unique_id if is_amp_guard else None,
        sw_version=entry.data.get(CONF_FIRMWARE),
    )
    parents = {group.id: group.parent for group in site.groups}
    parents |= {charger.id: charger.group for charger in site.chargers}
    device_ids = {SUPPLY_ID: meter.id}
    for target in sorted(parents, key=lambda id_: _depth(parents, id_)):
        subentry = entry.subentries[target]
        made_by, model = _kind(hass, subentry)
        is_new = device_of(hass, entry, target) is None
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=target,
            # A charger is a thing that one can touch.
            entry_type=DeviceEntryType.SERVICE
            if subentry.subentry_type == SUBENTRY_GROUP
            else None,
            identifiers={(DOMAIN, target)},
            name=subentry.title,
            manufacturer=made_by,
            model=model,
            via_device_id=device_ids[parents[target]],
        )
        device_ids[target] = device.id
        if is_new and (area := _area_of_charger(hass, subentry)):
            registry.async_update_device(device.id, area_id=area)


def _area_of_charger(hass: HomeAssistant, subentry: ConfigSubentry) -> str | None:
    """Return where a charger is: its own device, or what sets its current."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    picked = subentry.data.get(CONF_ENTITIES, {}).get(Role.LIMIT.value, "")
    entity_id = er.async_resolve_entity_id(entities, picked)
    entity = entities.async_get(entity_id or "")
    if entity is not None and entity.area_id is not None:
        return entity.area_id
    device_id = subentry.data.get(CONF_DEVICE_ID) or (entity and entity.device_id)
    device = devices.async_get(device_id or "", include_child_devices=False)
    return None if device is None else device.area_id


@callback
def _kind(
    hass: HomeAssistant, subentry: ConfigSubentry
) -> tuple[str | None, str | None]:
    """Return maker and model, which tell groups and chargers apart."""
    if subentry.subentry_type == SUBENTRY_GROUP:
        return None, subentry.data.get(CONF_DESCRIPTION)
    device_id = subentry.data.get(CONF_DEVICE_ID)
    charger = dr.async_get(hass).async_get(device_id) if device_id else None
    if not isinstance(charger, dr.DeviceEntry):
        return None, None
    return charger.manufacturer, charger.model


def _depth(parents: Mapping[str, str], target: str) -> int:
    return 0 if target == SUPPLY_ID else 1 + _depth(parents, parents[target])
