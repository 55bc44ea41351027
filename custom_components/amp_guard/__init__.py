"""Balance EV chargers against a property's main fuse, locally."""

from homeassistant.const import CONF_HOST, CONF_PIN, Platform
from homeassistant.core import HassJob, HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import CONF_MEASURED_PHASES, DOMAIN
from .coordinator import AmpGuardConfigEntry, AmpGuardCoordinator
from .entity import register_devices
from .meters.amp_guard import AmpGuardClient, AmpGuardMeter
from .model import SUPPLY_ID, SiteError
from .site import parse_phases

PLATFORMS = [Platform.BINARY_SENSOR, Platform.SENSOR, Platform.SWITCH]


async def async_setup_entry(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> bool:
    """Set up one supply.

    A meter that does not answer is no reason to stay away: the chargers are then held
    to what their groups may use without it.
    """
    # First of all: what is added while this waits would never be taken up otherwise.
    entry.async_on_unload(entry.add_update_listener(_async_update_listener))
    try:
        coordinator = AmpGuardCoordinator(hass, entry, {SUPPLY_ID: _meter(hass, entry)})
    except SiteError as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="site_error",
            translation_placeholders={"error": str(error)},
        ) from error
    entry.runtime_data = coordinator

    entry.async_on_unload(coordinator.stop)
    entry.async_on_unload(hass.async_add_shutdown_job(HassJob(coordinator.stop)))

    register_devices(hass, entry)
    await coordinator.start()
    # The switches restore which groups are active before anything is decided.
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    coordinator.run()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> bool:
    """Unload a supply; its chargers are left at their offline limits."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def _async_update_listener(
    hass: HomeAssistant, entry: AmpGuardConfigEntry
) -> None:
    await hass.config_entries.async_reload(entry.entry_id)


def _meter(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> AmpGuardMeter:
    client = AmpGuardClient(
        async_get_clientsession(hass),
        host=entry.data[CONF_HOST],
        pin=entry.data[CONF_PIN],
        phases=parse_phases(entry.data[CONF_MEASURED_PHASES]),
    )
    return AmpGuardMeter(client, serial_number=str(entry.unique_id))
