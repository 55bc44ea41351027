"""System health: whether each property is measured and balanced."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN, AmpGuardConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register what is shown under Settings, System, Repairs, System information."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[AmpGuardConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    shown = [entry.runtime_data.published for entry in entries]
    decisions = [published.decision for published in shown if published is not None]
    return {
        "properties": len(entries),
        "meters_online": sum(
            published.meter_is_online(node)
            for published in shown
            if published is not None
            for node in published.connected
        ),
        "chargers": sum(len(decision.allocations) for decision in decisions),
        "chargers_not_following": sum(
            len(decision.not_following) for decision in decisions
        ),
    }
