"""Device actions: the actions of `services.py` for the device at hand."""

from collections.abc import Mapping

from homeassistant.const import ATTR_DEVICE_ID, CONF_DEVICE_ID, CONF_DOMAIN, CONF_TYPE
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.config_validation import DEVICE_ACTION_BASE_SCHEMA
from homeassistant.helpers.typing import ConfigType, TemplateVarsType
import voluptuous as vol

from .const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_GROUP
from .model import SUPPLY_ID
from .services import ATTR_CURRENT, ATTR_DURATION, number, time_span
from .site.devices import kind_of

TAKEN = {ATTR_CURRENT: number, ATTR_DURATION: time_span}
"""What is taken in each field: what the actions take themselves."""
SHOWN = {ATTR_CURRENT: vol.Coerce(float), ATTR_DURATION: cv.positive_time_period_dict}
"""As what the editor shows each field: it knows these kinds."""

CEILING_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "set_ceiling": (ATTR_CURRENT, ATTR_DURATION),
    "clear_ceiling": (),
}
BOOST_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "boost": (ATTR_DURATION,),
    "end_boost": (),
}
ACTIONS: Mapping[str, tuple[str, ...]] = {**CEILING_ACTIONS, **BOOST_ACTIONS}
"""The fields of each action."""
ACTIONS_OF = {
    SUPPLY_ID: CEILING_ACTIONS,
    SUBENTRY_GROUP: CEILING_ACTIONS,
    SUBENTRY_CHARGER: ACTIONS,
}

ACTION_SCHEMA = vol.Any(
    *(
        DEVICE_ACTION_BASE_SCHEMA.extend(
            {
                vol.Required(CONF_TYPE): type_,
                **{vol.Required(field): TAKEN[field] for field in fields},
            }
        )
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
    fields = {vol.Required(field): SHOWN[field] for field in ACTIONS[config[CONF_TYPE]]}
    return {"extra_fields": vol.Schema(fields)} if fields else {}


async def async_call_action_from_config(
    hass: HomeAssistant,
    config: ConfigType,
    variables: TemplateVarsType,
    context: Context | None,
) -> None:
    """Do it."""
    await hass.services.async_call(
        DOMAIN,
        config[CONF_TYPE],
        {
            ATTR_DEVICE_ID: config[CONF_DEVICE_ID],
            **{field: config[field] for field in ACTIONS[config[CONF_TYPE]]},
        },
        blocking=True,
        context=context,
    )
