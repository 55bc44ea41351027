"""Device triggers: what happens to a charger or fuse."""

from homeassistant.components.device_automation import DEVICE_TRIGGER_BASE_SCHEMA
from homeassistant.const import (
    CONF_DEVICE_ID,
    CONF_DOMAIN,
    CONF_EVENT,
    CONF_PLATFORM,
    CONF_TYPE,
)
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.trigger import TriggerActionType, TriggerInfo
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import DOMAIN
from .loop.events import EVENT_AMP_GUARD, HEARD_OF, EventType, concerns
from .site.devices import kind_of

TRIGGER_SCHEMA = DEVICE_TRIGGER_BASE_SCHEMA.extend(
    {vol.Required(CONF_TYPE): vol.In([type_.value for type_ in EventType])}
)


async def async_get_triggers(
    hass: HomeAssistant, device_id: str
) -> list[dict[str, str]]:
    """Return the triggers of a device."""
    return [
        {
            CONF_PLATFORM: "device",
            CONF_DOMAIN: DOMAIN,
            CONF_DEVICE_ID: device_id,
            CONF_TYPE: type_.value,
        }
        for type_ in HEARD_OF.get(kind_of(hass, device_id) or "", ())
    ]


async def async_attach_trigger(
    hass: HomeAssistant,
    config: ConfigType,
    action: TriggerActionType,
    trigger_info: TriggerInfo,
) -> CALLBACK_TYPE:
    """Call the action each time it happens."""
    devices, job = {config[CONF_DEVICE_ID]}, HassJob(action)

    @callback
    def heard(event: Event) -> None:
        if event.data[CONF_TYPE] != config[CONF_TYPE]:
            return
        if concerns(hass, event, devices):
            about = {
                **trigger_info["trigger_data"],
                CONF_PLATFORM: "device",
                CONF_EVENT: event,
                "description": f"event '{event.event_type}'",
            }
            hass.async_run_hass_job(job, {"trigger": about}, event.context)

    return hass.bus.async_listen(EVENT_AMP_GUARD, heard)
