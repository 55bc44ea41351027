"""Which devices in Home Assistant measure a property, by their sensors."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .known_meters import recognise
from .sensor_patterns import Recognised, SensorTraits


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundMeter:
    """A device whose sensors measure a property; `sensors` are theirs by role."""

    device_id: str
    integration: str
    name: str
    sensors: Mapping[str, str]
    export_positive: bool


def find_meters(hass: HomeAssistant) -> list[FoundMeter]:
    """Return the devices that are recognised, by name.

    Some have a device for each phase below their own: then that one is returned.
    """
    by_device = _sensors_by_device(hass)
    families: dict[tuple[str, str], list[str]] = {}
    for device_id, integration in by_device:
        root = _root(hass, device_id)
        families.setdefault((root, integration), []).append(device_id)
    found = []
    for (root, integration), device_ids in families.items():
        alone = {
            device_id: recognise(integration, by_device[device_id, integration])
            for device_id in device_ids
        }
        together: dict[str, SensorTraits] = {}
        for device_id in device_ids:
            together |= by_device[device_id, integration]
        three_phase = {id_: r for id_, r in alone.items() if r and len(r.phases) > 1}
        if not three_phase and len(device_ids) > 1:
            whole = recognise(integration, together)
            if whole is not None and len(whole.phases) > 1:
                three_phase = {root: whole}
        for device_id, recognised in (three_phase or alone).items():
            if recognised is not None:
                found.append(_found(hass, device_id, integration, recognised))
    return sorted(found, key=lambda meter: meter.name)


async def enable_sensors(hass: HomeAssistant, sensors: Mapping[str, str]) -> None:
    """Enable those that their integration left disabled, as many do with phases."""
    registry = er.async_get(hass)
    entries = [registry.async_get(id_) for id_ in sensors.values()]
    disabled = [entry for entry in entries if entry is not None and entry.disabled]
    for entry in disabled:
        registry.async_update_entity(entry.entity_id, disabled_by=None)
    for entry_id in {entry.config_entry_id for entry in disabled} - {None}:
        await hass.config_entries.async_reload(str(entry_id))


def _sensors_by_device(
    hass: HomeAssistant,
) -> dict[tuple[str, str], dict[str, SensorTraits]]:
    """Return the sensors of each device and integration, by registry id.

    Among them what the integration itself left disabled, but nobody else did.
    """
    by_device: dict[tuple[str, str], dict[str, SensorTraits]] = {}
    for entry in er.async_get(hass).entities.values():
        if entry.domain != "sensor" or entry.device_id is None:
            continue
        if entry.disabled_by not in (None, er.RegistryEntryDisabler.INTEGRATION):
            continue
        by_device.setdefault((entry.device_id, entry.platform), {})[entry.id] = (
            SensorTraits(
                unique_id=entry.unique_id,
                translation_key=entry.translation_key,
                device_class=entry.device_class or entry.original_device_class,
                unit=entry.unit_of_measurement,
            )
        )
    return by_device


def _root(hass: HomeAssistant, device_id: str) -> str:
    """Return the device that a device belongs to in the end."""
    registry = dr.async_get(hass)
    while (device := registry.async_get(device_id)) is not None:
        above = (
            device.parent_device_id
            if isinstance(device, dr.ChildDeviceEntry)
            else device.via_device_id
        )
        if above is None:
            break
        device_id = above
    return device_id


def _found(
    hass: HomeAssistant, device_id: str, integration: str, recognised: Recognised
) -> FoundMeter:
    device = dr.async_get(hass).async_get(device_id)
    name = None if device is None else device.name_by_user or device.name
    return FoundMeter(
        device_id=device_id,
        integration=integration,
        name=name or integration,
        sensors=recognised.sensors,
        export_positive=recognised.pattern.export_positive,
    )
