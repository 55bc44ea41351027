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
    shown = [entry.runtime_data.state for entry in entries]
    decisions = [state.decision for state in shown if state is not None]
    return {
        "properties": len(entries),
        "meters_online": sum(
            state.meter_is_online(node)
            for state in shown
            if state is not None
            for node in state.connected
        ),
        "chargers": sum(len(decision.allocations) for decision in decisions),
        "chargers_not_following": sum(
            len(decision.not_following) for decision in decisions
        ),
    }
