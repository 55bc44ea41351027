"""Diagnostics: what is configured, what is known, what was decided lately."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_PIN, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from .const import CONF_MAC, CONF_PASSWORD_HASH, DOMAIN
from .coordinator import AmpGuardConfigEntry

TO_REDACT = {CONF_HOST, CONF_PIN, CONF_MAC, CONF_USERNAME, CONF_PASSWORD_HASH}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AmpGuardConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of one supply; its serial number is left out."""
    integration = await async_get_integration(hass, DOMAIN)
    coordinator = entry.runtime_data
    published = coordinator.published
    return {
        "version": str(integration.version),
        "data": async_redact_data(entry.data, TO_REDACT),
        "options": dict(entry.options),
        "site": asdict(coordinator.site),
        "rejected_samples": {
            node: meter.rejected_samples for node, meter in coordinator.meters.items()
        },
        "learned": coordinator.memory.as_dict(),
        "published": None if published is None else asdict(published),
        "recording": coordinator.recording.as_list(),
    }
