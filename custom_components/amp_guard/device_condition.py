"""Device conditions: how a charger or group stands now."""

from collections.abc import Callable, Mapping

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_CONDITION, CONF_DEVICE_ID, CONF_DOMAIN, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.condition import ConditionCheckerType
from homeassistant.helpers.config_validation import DEVICE_CONDITION_BASE_SCHEMA
from homeassistant.helpers.typing import ConfigType, TemplateVarsType
import voluptuous as vol

from .const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_GROUP
from .loop.state import SiteState
from .site.devices import kind_of, target_of

CONDITIONS: Mapping[str, Mapping[str, Callable[[SiteState, str], bool]]] = {
    SUBENTRY_CHARGER: {
        "is_paused": SiteState.is_paused,
        "is_boosted": SiteState.is_boosted,
    },
    SUBENTRY_GROUP: {
        "is_overloaded": SiteState.overloaded,
        "is_in_fallback": SiteState.in_fallback,
    },
}
TYPES = [type_ for facts in CONDITIONS.values() for type_ in facts]

CONDITION_SCHEMA = DEVICE_CONDITION_BASE_SCHEMA.extend(
    {vol.Required(CONF_TYPE): vol.In(TYPES)}
)


async def async_get_conditions(
    hass: HomeAssistant, device_id: str
) -> list[dict[str, str]]:
    """Return the conditions of a device."""
    return [
        {
            CONF_CONDITION: "device",
            CONF_DOMAIN: DOMAIN,
            CONF_DEVICE_ID: device_id,
            CONF_TYPE: type_,
        }
        for type_ in CONDITIONS.get(kind_of(hass, device_id) or "", ())
    ]


@callback
def async_condition_from_config(
    hass: HomeAssistant, config: ConfigType
) -> ConditionCheckerType:
    """Return a function that tests a condition."""
    device_id, type_ = config[CONF_DEVICE_ID], config[CONF_TYPE]

    @callback
    def holds(hass: HomeAssistant, variables: TemplateVarsType) -> bool:
        fact = CONDITIONS.get(kind_of(hass, device_id) or "", {}).get(type_)
        if fact is None or (found := target_of(hass, device_id)) is None:
            return False
        entry, target = found
        if entry.state is not ConfigEntryState.LOADED:
            return False
        state: SiteState | None = entry.runtime_data.state
        return state is not None and fact(state, target)

    return holds
