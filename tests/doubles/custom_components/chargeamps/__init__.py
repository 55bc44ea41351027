"""A test double of the HACS integration `chargeamps` 2.3.0, on no package index.

As far as Amp Guard sees it: the same devices and unique ids, the number of each connector,
its status and currents; all polled each 30 s, and anew within each command. What is set
is noted before it is sent. A token that the cloud takes no longer is not renewed before
its own end.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .coordinator import Coordinator

PLATFORMS = [Platform.NUMBER, Platform.SENSOR]


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    entry.runtime_data = Coordinator(hass, entry)
    await entry.runtime_data.async_config_entry_first_refresh()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
