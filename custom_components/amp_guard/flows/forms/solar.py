"""The form of solar charging."""

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
)
import voluptuous as vol

from ...const import (
    CONF_BATTERY,
    CONF_BATTERY_CHARGING_POSITIVE,
    CONF_BATTERY_YIELDS,
    CONF_DISABLE_DELAY,
    CONF_ENABLE_DELAY,
    CONF_SOLAR_MODE,
    SECONDS_PER_MINUTE,
)
from ...plans.surplus import DISABLE_DELAY, ENABLE_DELAY, SolarMode
from . import fold
from .fields import choice_field, number_field

LONGEST_DELAY = 60.0
"""min"""

_POWER = EntitySelector(
    EntitySelectorConfig(
        filter={"domain": "sensor", "device_class": SensorDeviceClass.POWER}
    )
)
_DELAY = number_field(0.0, LONGEST_DELAY, UnitOfTime.MINUTES)

SOLAR_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_SOLAR_MODE, default=SolarMode.SURPLUS.value): choice_field(
            SolarMode, CONF_SOLAR_MODE
        ),
        vol.Optional(CONF_BATTERY): _POWER,
        vol.Required(CONF_BATTERY_YIELDS, default=False): BooleanSelector(),
        # As Home Assistant's own energy settings have it: above 0 it gives.
        vol.Required(CONF_BATTERY_CHARGING_POSITIVE, default=False): BooleanSelector(),
    }
    | fold(
        {
            vol.Required(
                CONF_ENABLE_DELAY, default=ENABLE_DELAY / SECONDS_PER_MINUTE
            ): _DELAY,
            vol.Required(
                CONF_DISABLE_DELAY, default=DISABLE_DELAY / SECONDS_PER_MINUTE
            ): _DELAY,
        }
    )
)
