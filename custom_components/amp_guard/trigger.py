"""Triggers of the automation editor: what happens to chargers and groups picked there.

Home Assistant's way since 2025.12, beside the device triggers, which stay for what was
made with them: those are not developed further. [developers.home-assistant.io, device
automations]
"""

from typing import ClassVar, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_TARGET, CONF_TYPE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .loop.events import EVENT_AMP_GUARD, EventType
from .site.devices import devices_picked

SCHEMA = vol.Schema({vol.Required(CONF_TARGET): cv.TARGET_FIELDS})


class HappenedTrigger(Trigger):
    """Something happened to a charger or group that is picked."""

    type_: ClassVar[EventType]

    @override
    @classmethod
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Return what is picked, checked."""
        checked: ConfigType = SCHEMA(config)
        return checked

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take what is picked."""
        super().__init__(hass, config)
        self._target = config.target or {}

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action each time it happens."""

        @callback
        def heard(event: Event) -> None:
            device_id = event.data[ATTR_DEVICE_ID]
            if event.data[CONF_TYPE] != self.type_:
                return
            if device_id not in devices_picked(self._hass, self._target):
                return
            device = dr.async_get(self._hass).async_get(device_id)
            name = device_id if device is None else device.name_by_user or device.name
            run_action(dict(event.data), f"{name}: {self.type_}", event.context)

        return self._hass.bus.async_listen(EVENT_AMP_GUARD, heard)


def _trigger_of(event_type: EventType) -> type[Trigger]:
    class Happened(HappenedTrigger):
        type_ = event_type

    return Happened


TRIGGERS = {type_.value: _trigger_of(type_) for type_ in EventType}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
