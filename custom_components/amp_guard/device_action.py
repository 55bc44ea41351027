"""Device actions: the actions of `services.py` for the device at hand."""

from collections.abc import Mapping

from homeassistant.const import ATTR_DEVICE_ID, CONF_DEVICE_ID, CONF_DOMAIN, CONF_TYPE
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.config_validation import DEVICE_ACTION_BASE_SCHEMA
from homeassistant.helpers.typing import ConfigType, TemplateVarsType, VolDictType
import voluptuous as vol

from .const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_GROUP
from .devices import kind_of
from .model import SUPPLY_ID
from .services import ATTR_CURRENT, ATTR_DURATION

DURATION: VolDictType = {vol.Required(ATTR_DURATION): cv.positive_time_period_dict}
CURRENT: VolDictType = {vol.Required(ATTR_CURRENT): vol.Coerce(float)}

CEILING_ACTIONS: Mapping[str, VolDictType] = {
    "set_ceiling": {**CURRENT, **DURATION},
    "clear_ceiling": {},
}
BOOST_ACTIONS: Mapping[str, VolDictType] = {"boost": DURATION, "end_boost": {}}
ACTIONS: Mapping[str, VolDictType] = {**CEILING_ACTIONS, **BOOST_ACTIONS}
"""The fields of each action."""
ACTIONS_OF = {
    SUPPLY_ID: CEILING_ACTIONS,
    SUBENTRY_GROUP: CEILING_ACTIONS,
    SUBENTRY_CHARGER: ACTIONS,
}

ACTION_SCHEMA = vol.Any(
    *(
        DEVICE_ACTION_BASE_SCHEMA.extend({vol.Required(CONF_TYPE): type_, **fields})
        for type_, fields in ACTIONS.items()
    )
)


async def async_get_actions(
    hass: HomeAssistant, device_id: str
) -> list[dict[str, str]]:
    """Return the actions of a device."""
    return [
        {CONF_DOMAIN: DOMAIN, CONF_DEVICE_ID: device_id, CONF_TYPE: type_}
        for type_ in ACTIONS_OF.get(kind_of(hass, device_id) or "", ())
    ]


async def async_get_action_capabilities(
    hass: HomeAssistant, config: ConfigType
) -> dict[str, vol.Schema]:
    """Return the fields of an action."""
    fields = ACTIONS[config[CONF_TYPE]]
    return {"extra_fields": vol.Schema(fields)} if fields else {}


async def async_call_action_from_config(
    hass: HomeAssistant,
    config: ConfigType,
    variables: TemplateVarsType,
    context: Context | None,
) -> None:
    """Do it."""
    fields = {str(field) for field in ACTIONS[config[CONF_TYPE]]}
    await hass.services.async_call(
        DOMAIN,
        config[CONF_TYPE],
        {
            ATTR_DEVICE_ID: config[CONF_DEVICE_ID],
            **{key: config[key] for key in config if key in fields},
        },
        blocking=True,
        context=context,
    )
