"""Device conditions: how a charger or group stands now."""

from homeassistant.const import CONF_CONDITION, CONF_DEVICE_ID, CONF_DOMAIN, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.condition import ConditionCheckerType
from homeassistant.helpers.config_validation import DEVICE_CONDITION_BASE_SCHEMA
from homeassistant.helpers.typing import ConfigType, TemplateVarsType
import voluptuous as vol

from .const import DOMAIN
from .loop.facts import FACTS, holds
from .site.devices import kind_of

TYPES = [type_ for facts in FACTS.values() for type_ in facts]

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
        for type_ in FACTS.get(kind_of(hass, device_id) or "", ())
    ]


@callback
def async_condition_from_config(
    hass: HomeAssistant, config: ConfigType
) -> ConditionCheckerType:
    """Return a function that tests a condition."""
    device_id, type_ = config[CONF_DEVICE_ID], config[CONF_TYPE]

    @callback
    def check(hass: HomeAssistant, variables: TemplateVarsType) -> bool:
        return holds(hass, device_id, type_) is True

    return check
