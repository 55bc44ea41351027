"""The forms of chargers."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ...chargers import Role
from ...const import (
    CONF_ANOTHER,
    CONF_CHARGER,
    CONF_CHARGERS,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_OFFLINE_CURRENT,
    CONF_OFFLINE_PHASE,
    CONF_PRIORITY,
    CONF_WIRING,
)
from ...model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus
from ...site.phases import PHASE_ORDERS
from ...site.reading import ALL_PHASES
from ...site.settings import PRIORITIES
from . import fold
from .fields import (
    choice_field,
    current_field,
    entity_field,
    named_field,
    options_of,
    row_field,
    rows_field,
    whole_number_field,
)

DEFAULT_MAX_CURRENT = 16.0
"""A. An 11 kW charger: 16 A on three phases."""


MEANINGS = (
    ChargerStatus.DISCONNECTED,
    ChargerStatus.WAITING,
    ChargerStatus.CHARGING,
    ChargerStatus.FULL,
    ChargerStatus.FAULT,
)
"""What a charger can say of itself."""


def chargers_schema(chargers: Mapping[str, str]) -> vol.Schema:
    """Return the tick list of the chargers that were found, labels by key."""
    fields: dict[vol.Marker, object] = {}
    if chargers:
        fields[vol.Required(CONF_CHARGERS, default=list(chargers))] = SelectSelector(
            SelectSelectorConfig(
                options=options_of(chargers),
                multiple=True,
                mode=SelectSelectorMode.LIST,
            )
        )
    fields[vol.Required(CONF_ANOTHER, default=False)] = BooleanSelector()
    return vol.Schema(fields)


def device_schema(chargers: Mapping[str, str]) -> vol.Schema:
    """Return the form that picks one of the chargers that were found, labels by key."""
    return vol.Schema({vol.Required(CONF_CHARGER): named_field(chargers)})


ENTITIES_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(Role.LIMIT.value): entity_field("number", "input_number"),
        vol.Optional(Role.ENABLE.value): entity_field("switch", "input_boolean"),
        vol.Optional(Role.STATE.value): entity_field(
            "sensor", "select", "input_select"
        ),
        vol.Optional(Role.CHARGING.value): entity_field("binary_sensor"),
        vol.Optional(Role.CONNECTED.value): entity_field("binary_sensor"),
        vol.Optional(Role.CURRENT_L1.value): entity_field("sensor"),
        vol.Optional(Role.CURRENT_L2.value): entity_field("sensor"),
        vol.Optional(Role.CURRENT_L3.value): entity_field("sensor"),
        vol.Optional(Role.POWER.value): entity_field("sensor"),
    }
)


def states_schema(words: Iterable[str]) -> vol.Schema:
    """Return the form that says what the words of a charger's state mean."""
    choice = SelectSelector(
        SelectSelectorConfig(
            options=list(words),
            multiple=True,
            custom_value=True,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )
    return vol.Schema({vol.Optional(status.value): choice for status in MEANINGS})


def charger_schema(
    groups: Mapping[str, str],
    proposed: Mapping[str, Any],
    *,
    most: float,
    has_name: bool,
) -> vol.Schema:
    """Return the form of one charger in one of `groups`, names by id.

    The group is asked only where there is a choice, the name where it `has_name` of its
    device's only. `most` is what a charger of its kind can give, A.
    """
    name = {vol.Required(CONF_NAME): TextSelector()} if has_name else {}
    return vol.Schema(
        name
        | _settings(groups, proposed, most)
        | fold(
            {
                vol.Required(CONF_OFFLINE_PHASE, default=ALL_PHASES): choice_field(
                    (ALL_PHASES, "1", "2", "3"), CONF_OFFLINE_PHASE
                )
            }
        )
    )


def charger_table_schema(
    groups: Mapping[str, str],
    proposed: Mapping[str, Any],
    *,
    most: float,
    labels: Iterable[str],
) -> vol.Schema:
    """Return the form of several chargers: what is the same for all, then a row each.

    A row holds what differs. The `labels` tell the chargers apart.
    """
    cells = {
        CONF_CHARGER: row_field(choice_field(labels), required=True),
        CONF_NAME: row_field(TextSelector(), required=True),
    } | {key: row_field(cell) for key, cell in setting_fields(groups, most).items()}
    return vol.Schema(
        _settings(groups, proposed, most)
        | {
            vol.Required(CONF_CHARGERS): rows_field(
                cells,
                "charger_row",
                label_field=CONF_NAME,
                description_field=CONF_CHARGER,
            )
        }
    )


def setting_fields(groups: Mapping[str, str], most: float) -> dict[str, Selector[Any]]:
    """Return the fields of what is said of each charger."""
    group = {CONF_GROUP: named_field(groups)} if len(groups) > 1 else {}
    return group | {
        CONF_WIRING: choice_field(PHASE_ORDERS),
        CONF_MAX_CURRENT: current_field(MINIMUM_SIGNALLED_CURRENT, most),
        CONF_OFFLINE_CURRENT: current_field(0.0, most),
        CONF_PRIORITY: whole_number_field(1, PRIORITIES[-1]),
    }


def _settings(
    groups: Mapping[str, str], proposed: Mapping[str, Any], most: float
) -> dict[vol.Marker, object]:
    return {
        vol.Required(key, default=proposed[key]): setting
        for key, setting in setting_fields(groups, most).items()
    }
