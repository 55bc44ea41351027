"""What an owner and the grid's operator do beside a plan, and what is seen of it."""

from homeassistant.core import HomeAssistant

from .helpers import SERIAL, entity_id

QUIET = (1.0, 1.0, 1.0)
"""A. What the house draws."""


def plan_state(hass: HomeAssistant, key: str, plan: str) -> str:
    found = entity_id(hass, "sensor", SERIAL, f"{key}_{plan}")
    return hass.states.get(found).state


def reason(hass: HomeAssistant, charger: str) -> str:
    return hass.states.get(entity_id(hass, "sensor", charger, "reason")).state


def says(hass: HomeAssistant, value: object, unit: str | None = "W") -> None:
    """Let the operator's box say something."""
    attributes = {} if unit is None else {"unit_of_measurement": unit}
    hass.states.async_set("sensor.eebus_limit", str(value), attributes)
