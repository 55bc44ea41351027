"""The forms of what limits power beside the fuses: a tariff, the grid's operator."""

from homeassistant.const import CONF_NAME, PERCENTAGE, UnitOfTime
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import voluptuous as vol

from ...const import (
    CONF_BLOCKS,
    CONF_ENTITY,
    CONF_FIGURE,
    CONF_FIRST_HOUR,
    CONF_FIRST_MONTH,
    CONF_HOLDS,
    CONF_LAST_HOUR,
    CONF_LAST_MONTH,
    CONF_OTHER_HOURS,
    CONF_PEAKS,
    CONF_PRESET,
    CONF_PRICE,
    CONF_SILENCE,
    CONF_UNBALANCE,
    CONF_WINDOW,
    CONF_WORKDAY,
    CONF_WORKDAYS,
    CONF_ZERO,
)
from ...plans.grid_operator import Silence, Zero
from ...plans.presets import PRESETS
from ...site.tariffs import OWN
from . import fold
from .fields import (
    amount_field,
    choice_field,
    current_field,
    entity_field,
    number_field,
    power_field,
    whole_number_field,
)

WINDOWS = ("15", "60")
"""min"""
ASKS = ("sensor", "number", "input_number", "binary_sensor", "switch", "input_boolean")
"""The domains of what can say what the grid's operator asks."""
FIGURE = power_field(0.5, 500.0)
MONTH = whole_number_field(1, 12)

TARIFF_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_PRESET, default=OWN): choice_field(
            (*PRESETS, OWN), "tariff_preset"
        ),
        vol.Optional(CONF_FIGURE): FIGURE,
        vol.Optional(CONF_PRICE): amount_field(10000.0),
        vol.Optional(CONF_WORKDAY): entity_field("binary_sensor"),
    }
    | fold(
        {
            vol.Required(CONF_WINDOW, default="60"): choice_field(
                WINDOWS, "tariff_window"
            ),
            vol.Required(CONF_PEAKS, default=3): whole_number_field(0, 10),
            vol.Required(CONF_WORKDAYS, default=False): BooleanSelector(),
            vol.Required(CONF_FIRST_HOUR, default=0): whole_number_field(0, 23),
            vol.Required(CONF_LAST_HOUR, default=24): whole_number_field(1, 24),
            vol.Required(CONF_FIRST_MONTH, default=1): MONTH,
            vol.Required(CONF_LAST_MONTH, default=12): MONTH,
            vol.Required(CONF_OTHER_HOURS, default=0): number_field(
                0.0, 100.0, PERCENTAGE
            ),
        }
        | {vol.Optional(block): FIGURE for block in CONF_BLOCKS}
    )
)

OPERATOR_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Optional(CONF_ENTITY): entity_field(*ASKS),
        vol.Required(CONF_UNBALANCE, default=0): current_field(0.0, 100.0),
    }
    | fold(
        {
            vol.Required(CONF_ZERO, default=Zero.NO_LIMIT.value): choice_field(
                Zero, "operator_zero"
            ),
            vol.Required(CONF_HOLDS, default=120): number_field(
                1.0, 1440.0, UnitOfTime.MINUTES
            ),
            vol.Required(CONF_SILENCE, default=Silence.NO_LIMIT.value): choice_field(
                Silence, "operator_silence"
            ),
        }
    )
)
