"""What is known of a charger by its maker and model."""

from fnmatch import fnmatchcase

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .profile import KnownModel, Profile


def whole_device(hass: HomeAssistant, device_id: str | None) -> dr.DeviceEntry | None:
    """Return the device that one is part of, itself where it is whole."""
    devices = dr.async_get(hass)
    device = devices.async_get(device_id or "", include_child_devices=False)
    if device is None or device.model or device.via_device_id is None:
        return device
    return devices.async_get(device.via_device_id, include_child_devices=False)


def known_model(
    hass: HomeAssistant, profile: Profile, device_id: str | None
) -> KnownModel | None:
    """Return what is known of a device's model, or of the device that it is part of."""
    device = whole_device(hass, device_id)
    if device is None:
        return None
    model, maker = (device.model or "").lower(), (device.manufacturer or "").lower()
    for known in profile.known_models:
        if fnmatchcase(model, known.model) and fnmatchcase(maker, known.maker):
            return known
    return None
