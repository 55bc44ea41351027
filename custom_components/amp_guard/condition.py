"""Conditions of the automation editor: how chargers and fuses picked there stand."""

from typing import ClassVar, Unpack, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    Condition,
    ConditionCheckParams,
    ConditionConfig,
)
import voluptuous as vol

from .loop.facts import FACTS, holds
from .target import TARGET, OfTarget


class FactCondition(OfTarget, Condition):
    """A fact holds of any, or of all, of the chargers or fuses that are picked."""

    schema = vol.Schema(
        TARGET
        | {
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): vol.In(
                    [BEHAVIOR_ANY, BEHAVIOR_ALL]
                )
            }
        }
    )
    fact: ClassVar[str]

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take what is picked."""
        super().__init__(hass, config)
        self._pick(config)
        options = config.options or {}
        self._of_all = options.get(ATTR_BEHAVIOR) == BEHAVIOR_ALL

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        said = [
            it_holds
            for device_id in self._devices
            if (it_holds := holds(self._hass, device_id, self.fact)) is not None
        ]
        return bool(said) and (all(said) if self._of_all else any(said))


def _condition_of(name: str) -> type[Condition]:
    class Fact(FactCondition):
        fact = name

    return Fact


CONDITIONS = {name: _condition_of(name) for facts in FACTS.values() for name in facts}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
