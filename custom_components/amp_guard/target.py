"""The target of a trigger or condition: the chargers and groups that an automation picks."""

from typing import ClassVar

from homeassistant.const import CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import ConditionConfig
from homeassistant.helpers.trigger import TriggerConfig
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .site.devices import devices_picked

TARGET = {vol.Required(CONF_TARGET): cv.TARGET_FIELDS}


class OfTarget:
    """What a trigger and a condition share: what is picked, checked and read."""

    schema: ClassVar[vol.Schema] = vol.Schema(TARGET)
    _hass: HomeAssistant

    @classmethod
    async def async_validate_config(
        cls,
        hass: HomeAssistant,  # noqa: ARG003 - as Home Assistant asks it
        config: ConfigType,
    ) -> ConfigType:
        """Return what is picked, checked."""
        checked: ConfigType = cls.schema(config)
        return checked

    def _pick(self, config: TriggerConfig | ConditionConfig) -> None:
        """Take what is picked."""
        self._target = config.target or {}

    @property
    def _devices(self) -> set[str]:
        """The devices that are picked now: areas and labels are given to others."""
        return devices_picked(self._hass, self._target)
