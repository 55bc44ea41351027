"""The forms of measurement devices."""

from collections.abc import Iterable, Mapping

from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_PIN
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ...const import (
    CONF_DEVICE,
    CONF_EXPORT_POSITIVE,
    CONF_HEARTBEAT,
    CONF_MEASURED_PHASES,
    CONF_NET,
    CONF_NETWORK_NAME,
    CONF_SERIAL_NUMBER,
    CONF_WHOLE_PROPERTY,
)
from ...meters.sensor_patterns import ROLES, Quantity
from ...model import EarthingSystem
from . import fold
from .fields import PIN, choice_field, entity_field, named_field

METER_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PIN): PIN,
    }
)


PIN_SCHEMA = vol.Schema({vol.Required(CONF_PIN): PIN})


def found_schema(meters: Mapping[str, str]) -> vol.Schema:
    """Return the form that picks a meter that was found; `meters` names each host."""
    return vol.Schema(
        {
            vol.Required(CONF_HOST, default=next(iter(meters))): named_field(meters),
            vol.Required(CONF_PIN): PIN,
        }
    )


NEW_METER_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_SERIAL_NUMBER): TextSelector(),
        vol.Required(CONF_PIN): PIN,
    }
)


def wifi_schema(networks: Iterable[str]) -> vol.Schema:
    """Return the form of the property's Wi-Fi; `networks` are what the device sees."""
    listed = SelectSelectorConfig(
        options=list(networks), mode=SelectSelectorMode.DROPDOWN, custom_value=True
    )
    return vol.Schema(
        {
            vol.Required(CONF_NETWORK_NAME): SelectSelector(listed)
            if listed["options"]
            else TextSelector(),
            vol.Required(CONF_PASSWORD): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD)
            ),
        }
    )


def meter_device_schema(meters: Mapping[str, str]) -> vol.Schema:
    """Return the form that picks one of the meters that were found, names by id."""
    first = next(iter(meters))
    return vol.Schema({vol.Required(CONF_DEVICE, default=first): named_field(meters)})


METER_SENSORS_SCHEMA = vol.Schema(
    {vol.Required(CONF_NAME): TextSelector()}
    | {
        vol.Optional(key): entity_field("sensor")
        for key, role in ROLES.items()
        if role.phase is not None
        and role.quantity in (Quantity.CURRENT, Quantity.POWER)
    }
    | fold(
        {
            vol.Optional(key): entity_field("sensor")
            for key, role in ROLES.items()
            if role.phase is None
            or role.quantity in (Quantity.VOLTAGE, Quantity.POWER_EXPORT)
        }
        | {vol.Optional(CONF_HEARTBEAT): EntitySelector()}
    )
)


def meter_check_schema(
    *, asks_direction: bool, asks_net: bool, asks_charger: bool
) -> vol.Schema:
    """Return the form that asks what the sensors of a meter do not tell."""
    fields: dict[vol.Marker, object] = {}
    if asks_direction:
        fields[vol.Required(CONF_EXPORT_POSITIVE, default=False)] = BooleanSelector()
    if asks_net:
        fields[vol.Optional(CONF_NET)] = choice_field(EarthingSystem, CONF_NET)
    if asks_charger:
        fields[vol.Required(CONF_WHOLE_PROPERTY, default=False)] = BooleanSelector()
    return vol.Schema(fields)


NO_METER_SCHEMA = vol.Schema(
    {vol.Required(CONF_MEASURED_PHASES, default="1,2,3"): choice_field(("1,2,3", "1"))}
)
