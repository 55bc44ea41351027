"""The forms of the flows: which fields, in the manual's words, and their bounds."""

from collections.abc import Iterable, Mapping

from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PIN, UnitOfElectricCurrent
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

from .chargers import FoundCharger, Role
from .const import (
    CONF_CHARGER,
    CONF_CHARGERS_INCLUDED,
    CONF_FUSE_TYPE,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MIN_CURRENT,
    CONF_NET,
    CONF_OFFLINE_CURRENT,
    CONF_OFFLINE_PHASE,
    CONF_PARENT,
    CONF_PHASES,
    CONF_PRIORITY,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_WIRING,
)
from .meters import MAX_MEASURED_CURRENT
from .model import MINIMUM_SIGNALLED_CURRENT, FuseType, Net
from .phases import PHASE_ORDERS
from .site import ALL_PHASES

DEFAULT_MAIN_FUSE = 25.0
"""A. The commonest main fuse of a Swedish home is 16, 20 or 25 A."""
LOWEST_PRIORITY = 9
DEFAULT_MAX_CURRENT = 16.0
"""A. An 11 kW charger: 16 A on three phases."""


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
    options = [SelectOptionDict(value=id_, label=name) for id_, name in names.items()]
    return SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
    )


def _entity(*domains: str) -> EntitySelector:
    return EntitySelector(EntitySelectorConfig(filter={"domain": list(domains)}))


PIN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))

METER_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_PIN): PIN,
    }
)

PIN_SCHEMA = vol.Schema({vol.Required(CONF_PIN): PIN})


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
    )


def group_schema(
    variant: str,
    *,
    max_current: float,
    phases: str,
    nodes: Mapping[str, str] | None = None,
) -> vol.Schema:
    """Return the form of a group; `max_current` and `phases` are proposed.

    `nodes` names what it can hang below, by id; the first group hangs below the
    supply, and is not asked.
    """
    fields: dict[vol.Marker, object] = {vol.Required(CONF_NAME): TextSelector()}
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
            vol.Required(CONF_MIN_CURRENT, default=MINIMUM_SIGNALLED_CURRENT): _current(
                MINIMUM_SIGNALLED_CURRENT, most
            ),
            vol.Required(CONF_CHARGERS_INCLUDED, default=True): BooleanSelector(),
        }
    )


def device_schema(chargers: Mapping[str, FoundCharger]) -> vol.Schema:
    """Return the form that picks one of the devices that were recognised."""
    return vol.Schema(
        {
            vol.Required(CONF_CHARGER): _named(
                {key: charger.name for key, charger in chargers.items()}
            )
        }
    )


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


def charger_schema(
    groups: Mapping[str, str], wiring: str, max_current: float
) -> vol.Schema:
    """Return the form of a charger in one of `groups` (names by id).

    `wiring` is proposed; `max_current` is the most that the charger's kind can give.
    """
    return vol.Schema(
        {
            vol.Required(CONF_GROUP, default=next(iter(groups))): _named(groups),
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
