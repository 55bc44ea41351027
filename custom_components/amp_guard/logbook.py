"""The logbook: what happened, in the words of the user's language."""

from collections.abc import Callable

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_DEVICE_ID, CONF_TYPE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .event import EVENTS
from .loop.events import ATTR_REASON, EVENT_AMP_GUARD
from .site.devices import kind_of

ENTITY_TEXTS = f"component.{DOMAIN}.entity"


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe what happens to chargers and groups."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        device_id = event.data[ATTR_DEVICE_ID]
        device = dr.async_get(hass).async_get(device_id)
        name = DOMAIN if device is None else device.name_by_user or device.name
        return {
            LOGBOOK_ENTRY_NAME: name or DOMAIN,
            LOGBOOK_ENTRY_MESSAGE: _message(hass, device_id, event),
        }

    async_describe_event(DOMAIN, EVENT_AMP_GUARD, describe)


def _message(hass: HomeAssistant, device_id: str, event: Event) -> str:
    """Return what happened and why; the bare words where a device is gone."""
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    type_: str = event.data[CONF_TYPE]
    reason: str | None = event.data.get(ATTR_REASON)
    key = EVENTS[kind].key if (kind := kind_of(hass, device_id)) in EVENTS else ""
    happened = texts.get(
        f"{ENTITY_TEXTS}.event.{key}.state_attributes.event_type.state.{type_}", type_
    )
    if reason is None:
        return happened
    why = texts.get(f"{ENTITY_TEXTS}.sensor.reason.state.{reason}", reason)
    return f"{happened} ({why})"
