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

from ..const import (
    CONF_DESCRIPTION,
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
        device_ids[target] = registry.async_get_or_create(
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
        ).id


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
