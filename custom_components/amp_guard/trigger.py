"""Triggers of the automation editor: what happens to chargers and fuses picked there.

Home Assistant's way since 2025.12, beside the device triggers, which stay for what was
made with them: those are not developed further. [developers.home-assistant.io, device
automations]
"""

from typing import ClassVar, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_TYPE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)

from .loop.events import EVENT_AMP_GUARD, EventType, concerns
from .target import OfTarget


class HappenedTrigger(OfTarget, Trigger):
    """Something happened to a charger or fuse that is picked."""

    type_: ClassVar[EventType]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take what is picked."""
        super().__init__(hass, config)
        self._pick(config)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action each time it happens."""

        @callback
        def heard(event: Event) -> None:
            if event.data[CONF_TYPE] != self.type_:
                return
            if not concerns(self._hass, event, self._devices):
                return
            device_id = event.data[ATTR_DEVICE_ID]
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
