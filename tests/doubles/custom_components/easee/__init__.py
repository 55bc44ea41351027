"""A test double of the HACS integration `easee` 0.9.74, which is on no package index.

As far as Amp Guard sees it: the same devices and unique ids, sensors that are disabled at
first, and its actions. What is equal to what the stream told last is dropped on its way,
with its time to live; what the cloud refuses is only logged.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .account import Account
from .actions import Actions

PLATFORMS = [Platform.SENSOR]


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    account = Account(hass, **entry.data)
    await account.start()
    entry.runtime_data = account
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    Actions(hass, account).register()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    await entry.runtime_data.stop()
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
