"""The forms of the main fuse and of groups, in the manual's words."""

from collections.abc import Mapping

from homeassistant.const import CONF_NAME, UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ...const import (
    CONF_ACTIVE,
    CONF_BALANCER_TYPE,
    CONF_CHARGERS_INCLUDED,
    CONF_CONTACT,
    CONF_CONTROLLABLE_LOADS,
    CONF_DESCRIPTION,
    CONF_FUSE_TYPE,
    CONF_GENERATES,
    CONF_GROUPS,
    CONF_HAS_GROUPS,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MIN_CURRENT,
    CONF_NET,
    CONF_PARENT,
    CONF_PHASES,
    CONF_PROCEED,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_TURN,
)
from ...model import MINIMUM_SIGNALLED_CURRENT, BalancerType, EarthingSystem, FuseType
from ...site.phases import PHASE_ORDERS
from . import fold
from .fields import (
    choice_field,
    current_field,
    named_field,
    number_field,
    row_field,
    rows_field,
)

DEFAULT_MAIN_FUSE = 25.0
"""A. The commonest main fuse of a Swedish home is 16, 20 or 25 A."""


DEFAULT_TURN = {"home": 30, "public": 15}
"""min, by variant: cars of an association wait for each other more often."""


LOAD_DOMAINS = (
    "switch",
    "input_boolean",
    "climate",
    "water_heater",
    "light",
    "fan",
    "humidifier",
)
"""What can be switched off and on, and shows which of it it is."""

_LOADS: dict[vol.Marker, object] = {
    vol.Optional(CONF_CONTROLLABLE_LOADS): EntitySelector(
        EntitySelectorConfig(filter={"domain": list(LOAD_DOMAINS)}, multiple=True)
    )
}

_CONTACT: dict[vol.Marker, object] = {
    vol.Optional(CONF_CONTACT): TextSelector(TextSelectorConfig(multiline=True))
}


def supply_schema(most: float, *, turn: int = DEFAULT_TURN["home"]) -> vol.Schema:
    """Return the form of the supply, whose fuse is `most` A at most."""
    return vol.Schema(_fuse(most) | fold(_sharing(turn) | _LOADS | _CONTACT))


def site_schema(most: float, variant: str) -> vol.Schema:
    """Return the form of the supply at set-up, which also asks what hangs below it."""
    offline = current_field(0.0, most)
    return vol.Schema(
        _fuse(most)
        | {
            vol.Required(
                CONF_HAS_GROUPS, default=variant == "public"
            ): BooleanSelector()
        }
        | fold(
            {
                vol.Required(
                    CONF_MAX_CURRENT_OFFLINE, default=MINIMUM_SIGNALLED_CURRENT
                ): offline
            }
            | _sharing(DEFAULT_TURN[variant])
            | _CONTACT
        )
    )


def _fuse(most: float) -> dict[vol.Marker, object]:
    return {
        vol.Required(CONF_SUPPLY_MAX_CURRENT, default=DEFAULT_MAIN_FUSE): current_field(
            MINIMUM_SIGNALLED_CURRENT, most
        ),
        vol.Required(CONF_FUSE_TYPE, default=FuseType.GG.value): choice_field(
            FuseType, CONF_FUSE_TYPE
        ),
        vol.Required(CONF_NET, default=EarthingSystem.TN.value): choice_field(
            EarthingSystem, CONF_NET
        ),
        vol.Required(CONF_GENERATES, default=False): BooleanSelector(),
    }


def _sharing(turn: int) -> dict[vol.Marker, object]:
    return {
        vol.Required(
            CONF_BALANCER_TYPE, default=BalancerType.FAIR_SHARE.value
        ): choice_field(BalancerType, CONF_BALANCER_TYPE),
        vol.Required(CONF_TURN, default=turn): number_field(5, 240, UnitOfTime.MINUTES),
    }


def group_schema(most: float, *, phases: str, nodes: Mapping[str, str]) -> vol.Schema:
    """Return the form of a group, whose maxima are `most` A at most.

    `phases` are proposed. `nodes` names what it can hang below, by id.
    """
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_PARENT, default=next(iter(nodes))): named_field(nodes),
            vol.Required(CONF_PHASES, default=phases): choice_field(PHASE_ORDERS),
            vol.Optional(CONF_MAX_CURRENT_ONLINE): current_field(
                MINIMUM_SIGNALLED_CURRENT, most
            ),
            vol.Required(
                CONF_MAX_CURRENT_OFFLINE, default=MINIMUM_SIGNALLED_CURRENT
            ): current_field(0.0, most),
        }
        | fold(
            {
                vol.Optional(CONF_DESCRIPTION): TextSelector(),
                vol.Required(
                    CONF_MIN_CURRENT, default=MINIMUM_SIGNALLED_CURRENT
                ): current_field(MINIMUM_SIGNALLED_CURRENT, most),
                vol.Required(CONF_CHARGERS_INCLUDED, default=True): BooleanSelector(),
            }
        )
    )


def groups_schema(most: float) -> vol.Schema:
    """Return the form of all groups: a table, with what feeds each by its name."""
    cells = {
        CONF_NAME: row_field(TextSelector(), required=True),
        CONF_PARENT: row_field(TextSelector()),
        CONF_PHASES: row_field(choice_field(PHASE_ORDERS)),
        CONF_MAX_CURRENT_ONLINE: row_field(
            current_field(MINIMUM_SIGNALLED_CURRENT, most)
        ),
        CONF_MAX_CURRENT_OFFLINE: row_field(current_field(0.0, most)),
    }
    return vol.Schema(
        {
            vol.Required(CONF_GROUPS): rows_field(
                cells,
                "group_row",
                label_field=CONF_NAME,
                description_field=CONF_MAX_CURRENT_ONLINE,
            )
        }
    )


PROCEED = ("begin", "look_again", "choose_again")
"""What can be done where something does not work."""


def activate_schema(*, all_works: bool) -> vol.Schema:
    """Return the last form; where not `all_works` it also asks what to do about that."""
    proceed = (
        {}
        if all_works
        else {
            vol.Required(CONF_PROCEED, default=PROCEED[0]): SelectSelector(
                SelectSelectorConfig(
                    options=list(PROCEED),
                    mode=SelectSelectorMode.LIST,
                    translation_key=CONF_PROCEED,
                )
            )
        }
    )
    return vol.Schema(
        {vol.Required(CONF_ACTIVE, default=True): BooleanSelector()} | proceed
    )
