"""The forms of the flows: which fields, in the manual's words, and their bounds.

A form folds its advanced fields. What is entered and what is stored is flat all the
same: `show_form` folds it, `unfold` undoes that.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.const import (
    CONF_HOST,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_PIN,
    UnitOfElectricCurrent,
    UnitOfTime,
)
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult, section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .chargers import Role
from .const import (
    CONF_ACTIVE,
    CONF_ANOTHER,
    CONF_BALANCER_TYPE,
    CONF_CHARGER,
    CONF_CHARGERS,
    CONF_CHARGERS_INCLUDED,
    CONF_DESCRIPTION,
    CONF_DEVICE,
    CONF_EXPORT_POSITIVE,
    CONF_FUSE_TYPE,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MEASURED_PHASES,
    CONF_MIN_CURRENT,
    CONF_NET,
    CONF_NETWORK_NAME,
    CONF_OFFLINE_CURRENT,
    CONF_OFFLINE_PHASE,
    CONF_PARENT,
    CONF_PHASES,
    CONF_PRIORITY,
    CONF_SERIAL_NUMBER,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_TURN,
    CONF_VARIANT,
    CONF_WIRING,
)
from .meters import MAX_MEASURED_CURRENT
from .meters.sensor_patterns import ROLES, Quantity
from .model import MINIMUM_SIGNALLED_CURRENT, BalancerType, ChargerStatus, FuseType, Net
from .phases import PHASE_ORDERS
from .site import ALL_PHASES, Errors

ADVANCED = "advanced"
"""The fields that a home can leave as they are."""

DEFAULT_MAIN_FUSE = 25.0
"""A. The commonest main fuse of a Swedish home is 16, 20 or 25 A."""
LOWEST_PRIORITY = 9
DEFAULT_MAX_CURRENT = 16.0
"""A. An 11 kW charger: 16 A on three phases."""
DEFAULT_TURN = {"home": 30, "public": 15}
"""min, by variant: cars of an association wait for each other more often."""


MEANINGS = (
    ChargerStatus.DISCONNECTED,
    ChargerStatus.WAITING,
    ChargerStatus.CHARGING,
    ChargerStatus.FULL,
    ChargerStatus.FAULT,
)
"""What a charger can say of itself."""


def show_form[C: FlowContext, R: FlowResult[Any, Any], H](
    flow: FlowHandler[C, R, H],
    step_id: str,
    schema: vol.Schema,
    values: Mapping[str, Any] | None,
    errors: Errors,
    *,
    placeholders: Mapping[str, str] | None = None,
) -> R:
    """Show a form filled in with `values`.

    Where a folded field is in error the fold stands open, and shows it: the frontend
    shows none at the fields within.
    """
    fields = dict(schema.schema)
    if (folded := fields.get(ADVANCED)) is not None:
        within = {str(key) for key in folded.schema.schema}
        shown = {ADVANCED if key in within else key: errors[key] for key in errors}
        fields[vol.Required(ADVANCED)] = section(
            folded.schema, {"collapsed": ADVANCED not in shown}
        )
        errors = shown
    return flow.async_show_form(
        step_id=step_id,
        data_schema=flow.add_suggested_values_to_schema(
            vol.Schema(fields), values and {**values, ADVANCED: values}
        ),
        errors=errors,
        description_placeholders=placeholders,
    )


def unfold(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered, wherever in the form."""
    entered = {key: user_input[key] for key in user_input if key != ADVANCED}
    return {**entered, **user_input.get(ADVANCED, {})}


def name_errors(values: Mapping[str, Any]) -> Errors:
    """Return what is wrong with a name: nothing but blanks names nothing."""
    return {} if values[CONF_NAME].strip() else {CONF_NAME: "name_missing"}


def table(rows: Iterable[Iterable[str]]) -> str:
    """Return the rows of a table in Markdown; its head stands in the translations."""
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '\\|') for cell in row)} |" for row in rows
    )


def _fold(fields: Mapping[vol.Marker, object]) -> dict[vol.Marker, object]:
    return {vol.Required(ADVANCED): section(vol.Schema(fields), {"collapsed": True})}


def _current(low: float, high: float) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=low,
            max=high,
            step=1,
            unit_of_measurement=UnitOfElectricCurrent.AMPERE,
            mode=NumberSelectorMode.BOX,
        )
    )


def _choice(options: Iterable[str], translation_key: str = "") -> SelectSelector:
    config = SelectSelectorConfig(
        options=list(options), mode=SelectSelectorMode.DROPDOWN
    )
    if translation_key:
        config["translation_key"] = translation_key
    return SelectSelector(config)


def _named(names: Mapping[str, str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=_options(names), mode=SelectSelectorMode.DROPDOWN)
    )


def _options(names: Mapping[str, str]) -> list[SelectOptionDict]:
    return [SelectOptionDict(value=id_, label=name) for id_, name in names.items()]


def _entity(*domains: str) -> EntitySelector:
    return EntitySelector(EntitySelectorConfig(filter={"domain": list(domains)}))


def _variant(default: object = vol.UNDEFINED) -> dict[vol.Marker, object]:
    return {
        vol.Required(CONF_VARIANT, default=default): _choice(
            MAX_MEASURED_CURRENT, CONF_VARIANT
        )
    }


def meter_device_schema(meters: Mapping[str, str]) -> vol.Schema:
    """Return the form that picks one of the meters that were found, names by id."""
    return vol.Schema({vol.Required(CONF_DEVICE): _named(meters)})


def meter_check_schema(variant: str) -> vol.Schema:
    """Return the form that asks what the sensors of a meter do not tell."""
    return vol.Schema(
        _variant(variant)
        | {vol.Required(CONF_EXPORT_POSITIVE, default=False): BooleanSelector()}
    )


METER_SENSORS_SCHEMA = vol.Schema(
    {vol.Required(CONF_NAME): TextSelector()}
    | {
        vol.Optional(key): _entity("sensor")
        for key, role in ROLES.items()
        if role.phase is not None
        and role.quantity in (Quantity.CURRENT, Quantity.POWER)
    }
    | _fold(
        {
            vol.Optional(key): _entity("sensor")
            for key, role in ROLES.items()
            if role.phase is None
            or role.quantity in (Quantity.VOLTAGE, Quantity.POWER_EXPORT)
        }
    )
)


def variant_schema(variant: str) -> vol.Schema:
    """Return the form that asks how much a meter can measure."""
    return vol.Schema(_variant(variant))


NO_METER_SCHEMA = vol.Schema(
    _variant("home")
    | {vol.Required(CONF_MEASURED_PHASES, default="1,2,3"): _choice(("1,2,3", "1"))}
)

PIN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))

METER_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PIN): PIN,
    }
)

PIN_SCHEMA = vol.Schema({vol.Required(CONF_PIN): PIN})

NEW_METER_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_SERIAL_NUMBER): TextSelector(),
        vol.Required(CONF_PIN): PIN,
    }
)


def found_schema(meters: Mapping[str, str]) -> vol.Schema:
    """Return the form that picks a meter that was found; `meters` names each host."""
    return vol.Schema(
        {
            vol.Required(CONF_HOST, default=next(iter(meters))): _named(meters),
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


def supply_schema(variant: str) -> vol.Schema:
    """Return the form of the supply; the meter's variant bounds its fuse."""
    return vol.Schema(
        {
            vol.Required(CONF_SUPPLY_MAX_CURRENT, default=DEFAULT_MAIN_FUSE): _current(
                MINIMUM_SIGNALLED_CURRENT, MAX_MEASURED_CURRENT[variant]
            ),
            vol.Required(CONF_FUSE_TYPE, default=FuseType.GG.value): _choice(
                FuseType, CONF_FUSE_TYPE
            ),
            vol.Required(CONF_NET, default=Net.TN.value): _choice(Net, CONF_NET),
        }
        | _fold(
            {
                vol.Required(
                    CONF_BALANCER_TYPE, default=BalancerType.FAIR_SHARE.value
                ): _choice(BalancerType, CONF_BALANCER_TYPE),
                vol.Required(CONF_TURN, default=DEFAULT_TURN[variant]): NumberSelector(
                    NumberSelectorConfig(
                        min=5,
                        max=240,
                        step=1,
                        unit_of_measurement=UnitOfTime.MINUTES,
                        mode=NumberSelectorMode.BOX,
                    )
                ),
            }
        )
    )


def group_schema(
    variant: str,
    *,
    name: str | None = None,
    max_current: float,
    phases: str,
    nodes: Mapping[str, str] | None = None,
) -> vol.Schema:
    """Return the form of a group; `name`, `max_current` and `phases` are proposed.

    `nodes` names what it can hang below, by id; the first group hangs below the
    supply, and is not asked.
    """
    fields: dict[vol.Marker, object] = {
        vol.Required(CONF_NAME, default=name or vol.UNDEFINED): TextSelector()
    }
    if nodes is not None:
        fields[vol.Required(CONF_PARENT, default=next(iter(nodes)))] = _named(nodes)
    most = MAX_MEASURED_CURRENT[variant]
    return vol.Schema(
        fields
        | {
            vol.Required(CONF_PHASES, default=phases): _choice(PHASE_ORDERS),
            vol.Required(CONF_MAX_CURRENT_ONLINE, default=max_current): _current(
                MINIMUM_SIGNALLED_CURRENT, most
            ),
            vol.Required(
                CONF_MAX_CURRENT_OFFLINE, default=MINIMUM_SIGNALLED_CURRENT
            ): _current(0.0, most),
        }
        | _fold(
            {
                vol.Optional(CONF_DESCRIPTION): TextSelector(),
                vol.Required(
                    CONF_MIN_CURRENT, default=MINIMUM_SIGNALLED_CURRENT
                ): _current(MINIMUM_SIGNALLED_CURRENT, most),
                vol.Required(CONF_CHARGERS_INCLUDED, default=True): BooleanSelector(),
            }
        )
    )


def chargers_schema(chargers: Mapping[str, str]) -> vol.Schema:
    """Return the tick list of the chargers that were found, names by key."""
    fields: dict[vol.Marker, object] = {}
    if chargers:
        fields[vol.Required(CONF_CHARGERS, default=list(chargers))] = SelectSelector(
            SelectSelectorConfig(
                options=_options(chargers),
                multiple=True,
                mode=SelectSelectorMode.LIST,
            )
        )
    fields[vol.Required(CONF_ANOTHER, default=False)] = BooleanSelector()
    return vol.Schema(fields)


def device_schema(chargers: Mapping[str, str]) -> vol.Schema:
    """Return the form that picks one of the chargers that were found, names by key."""
    return vol.Schema({vol.Required(CONF_CHARGER): _named(chargers)})


ENTITIES_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(Role.LIMIT.value): _entity("number", "input_number"),
        vol.Optional(Role.ENABLE.value): _entity("switch", "input_boolean"),
        vol.Optional(Role.STATE.value): _entity("sensor", "select", "input_select"),
        vol.Optional(Role.CHARGING.value): _entity("binary_sensor"),
        vol.Optional(Role.CONNECTED.value): _entity("binary_sensor"),
        vol.Optional(Role.CURRENT_L1.value): _entity("sensor"),
        vol.Optional(Role.CURRENT_L2.value): _entity("sensor"),
        vol.Optional(Role.CURRENT_L3.value): _entity("sensor"),
        vol.Optional(Role.POWER.value): _entity("sensor"),
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
    groups: Mapping[str, str], *, wiring: str, max_current: float
) -> vol.Schema:
    """Return the form of a charger in one of `groups`, names by id.

    The group is asked only where there is a choice. `wiring` is proposed;
    `max_current` is the most that the charger's kind can give.
    """
    fields: dict[vol.Marker, object] = {}
    if len(groups) > 1:
        fields[vol.Required(CONF_GROUP, default=next(iter(groups)))] = _named(groups)
    return vol.Schema(
        fields
        | {
            vol.Required(CONF_WIRING, default=wiring): _choice(PHASE_ORDERS),
            vol.Required(CONF_MAX_CURRENT, default=DEFAULT_MAX_CURRENT): _current(
                MINIMUM_SIGNALLED_CURRENT, max_current
            ),
            vol.Required(
                CONF_OFFLINE_CURRENT, default=MINIMUM_SIGNALLED_CURRENT
            ): _current(0.0, max_current),
            vol.Required(CONF_OFFLINE_PHASE, default=ALL_PHASES): _choice(
                (ALL_PHASES, "1", "2", "3"), CONF_OFFLINE_PHASE
            ),
            vol.Required(CONF_PRIORITY, default=1): NumberSelector(
                NumberSelectorConfig(
                    min=1, max=LOWEST_PRIORITY, step=1, mode=NumberSelectorMode.BOX
                )
            ),
        }
    )


ACTIVATE_SCHEMA = vol.Schema(
    {vol.Required(CONF_ACTIVE, default=True): BooleanSelector()}
)
