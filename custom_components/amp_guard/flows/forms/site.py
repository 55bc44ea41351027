"""The forms of the main fuse and of groups, in the manual's words."""

from collections.abc import Mapping

from homeassistant.const import CONF_NAME, UnitOfTime
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import voluptuous as vol

from ...const import (
    CONF_ACTIVE,
    CONF_BALANCER_TYPE,
    CONF_CHARGERS_INCLUDED,
    CONF_DESCRIPTION,
    CONF_FUSE_TYPE,
    CONF_GENERATES,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MIN_CURRENT,
    CONF_NET,
    CONF_PARENT,
    CONF_PHASES,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_TURN,
)
from ...meters import MAX_MEASURED_CURRENT
from ...model import MINIMUM_SIGNALLED_CURRENT, BalancerType, EarthingSystem, FuseType
from ...site.phases import PHASE_ORDERS
from . import fold
from .fields import choice_field, current_field, named_field, number_field

DEFAULT_MAIN_FUSE = 25.0
"""A. The commonest main fuse of a Swedish home is 16, 20 or 25 A."""


DEFAULT_TURN = {"home": 30, "public": 15}
"""min, by variant: cars of an association wait for each other more often."""


def supply_schema(variant: str) -> vol.Schema:
    """Return the form of the supply; the meter's variant bounds its fuse."""
    return vol.Schema(
        {
            vol.Required(
                CONF_SUPPLY_MAX_CURRENT, default=DEFAULT_MAIN_FUSE
            ): current_field(MINIMUM_SIGNALLED_CURRENT, MAX_MEASURED_CURRENT[variant]),
            vol.Required(CONF_FUSE_TYPE, default=FuseType.GG.value): choice_field(
                FuseType, CONF_FUSE_TYPE
            ),
            vol.Required(CONF_NET, default=EarthingSystem.TN.value): choice_field(
                EarthingSystem, CONF_NET
            ),
            vol.Required(CONF_GENERATES, default=False): BooleanSelector(),
        }
        | fold(
            {
                vol.Required(
                    CONF_BALANCER_TYPE, default=BalancerType.FAIR_SHARE.value
                ): choice_field(BalancerType, CONF_BALANCER_TYPE),
                vol.Required(CONF_TURN, default=DEFAULT_TURN[variant]): number_field(
                    5, 240, UnitOfTime.MINUTES
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
        fields[vol.Required(CONF_PARENT, default=next(iter(nodes)))] = named_field(
            nodes
        )
    most = MAX_MEASURED_CURRENT[variant]
    return vol.Schema(
        fields
        | {
            vol.Required(CONF_PHASES, default=phases): choice_field(PHASE_ORDERS),
            vol.Required(CONF_MAX_CURRENT_ONLINE, default=max_current): current_field(
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


ACTIVATE_SCHEMA = vol.Schema(
    {vol.Required(CONF_ACTIVE, default=True): BooleanSelector()}
)
