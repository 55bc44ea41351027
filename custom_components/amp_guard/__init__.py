"""Balance EV chargers against a property's main fuse, locally."""

from contextlib import suppress

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HassJob, HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .chargers import forget_learned
from .const import DOMAIN, SUBENTRY_CHARGER, AmpGuardConfigEntry
from .coordinator import AmpGuardCoordinator
from .loop.changes import Changes
from .loop.charger_repairs import forget_chargers, tell_left
from .loop.meter_repairs import MeterIssues
from .loop.meters import create_meters
from .loop.overrides import forget_temporary
from .model import SiteError
from .services import register_services
from .site.devices import register_devices
from .site.reading import GoneError, build_site, taking_part

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]


CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions: they are there, and refuse, also where no entry is."""
    register_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> bool:
    """Set up one supply.

    A meter that does not answer is no reason to stay away: the chargers are then held
    to what their groups may use without it.
    """
    # First of all: what is added while this waits would never be taken up otherwise.
    if not entry.update_listeners:
        Changes(entry)
    try:
        coordinator = AmpGuardCoordinator(hass, entry, create_meters(hass, entry))
    except GoneError as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key=error.key,
            translation_placeholders={"name": error.name},
        ) from error
    except SiteError as error:  # no form lets it come to this
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="site_error",
            translation_placeholders={"error": str(error)},
        ) from error
    entry.runtime_data = coordinator

    entry.async_on_unload(coordinator.stop)
    entry.async_on_unload(hass.async_add_shutdown_job(HassJob(coordinator.stop)))

    MeterIssues(hass, entry, coordinator)

    register_devices(hass, entry, coordinator.site)
    await coordinator.start()
    # The entities are there, with what they restore, before anything is decided.
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    coordinator.run()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> bool:
    """Unload a supply; its chargers are left at their offline limits."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Tell how the chargers of a removed supply were left; forget the rest."""
    chargers = entry.get_subentries_of_type(SUBENTRY_CHARGER)
    balanced = {charger.subentry_id for charger in chargers}
    with suppress(SiteError):  # where set-up has failed all of them were let go
        balanced = set(taking_part(build_site(entry)))
    tell_left(hass, entry, (c for c in chargers if c.subentry_id in balanced))
    forget_chargers(hass, (charger.subentry_id for charger in chargers))
    await forget_learned(hass, entry.entry_id)
    await forget_temporary(hass, entry.entry_id)
