"""The demonstration: a simulated home with two chargers, made at one go."""

from typing import Any

from homeassistant.config_entries import (
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryDataWithId,
)
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from ..chargers import ANY_ENTITIES, Role
from ..const import (
    CONF_ACTIVE,
    CONF_BALANCER_TYPE,
    CONF_CHARGERS_INCLUDED,
    CONF_ENTITIES,
    CONF_FUSE_TYPE,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_MIN_CURRENT,
    CONF_MODEL,
    CONF_NET,
    CONF_OFFLINE_CURRENT,
    CONF_OFFLINE_PHASE,
    CONF_PHASES,
    CONF_PRIORITY,
    CONF_PROFILE,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_TURN,
    CONF_VARIANT,
    CONF_WIRING,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
)
from ..demonstration.entities import entity_id
from ..demonstration.home import CHARGERS, WIRINGS
from ..meters import Source
from ..model import MINIMUM_SIGNALLED_CURRENT, BalancerType, EarthingSystem, FuseType
from ..site.phases import format_phases
from ..site.reading import ALL_PHASES
from .forms import translations

MAIN_FUSE = 25.0
PHASES = "1,2,3"
OPEN = '<a href="/amp-guard-simulated" target="_blank">'
"""Another page of the browser: this one has loaded what dashboards are made of before the
card was there."""
CLOSE = "</a>"


async def create_demonstration(
    flow: ConfigFlow, user_input: dict[str, Any] | None
) -> ConfigFlowResult:
    """Say what the demonstration is, and make it once that is confirmed.

    Its parts are named in Home Assistant's language.
    """
    if user_input is None:
        return flow.async_show_form(
            step_id="demonstration", data_schema=vol.Schema({}), last_step=True
        )
    group_id = ulid_now()
    texts = await translations(flow.hass, "selector")
    home, garage, charger = (
        texts[f"simulated.options.{part}"] for part in ("home", "garage", "charger")
    )
    return flow.async_create_entry(
        title=home,
        description="demonstration",
        description_placeholders={"open": OPEN, "close": CLOSE},
        data={
            CONF_SOURCE: Source.DEMONSTRATION,
            CONF_MODEL: home,
            CONF_VARIANT: "home",
            CONF_MEASURED_PHASES: PHASES,
            CONF_MEASURED_QUANTITIES: ["current", "voltage", "power"],
        },
        options={
            CONF_SUPPLY_MAX_CURRENT: MAIN_FUSE,
            CONF_FUSE_TYPE: FuseType.GG,
            CONF_NET: EarthingSystem.TN,
            CONF_BALANCER_TYPE: BalancerType.FAIR_SHARE,
            CONF_TURN: 30,
        },
        subentries=[
            _group(group_id, garage),
            *(
                _charger(number, group_id, charger.format(number=number))
                for number in CHARGERS
            ),
        ],
    )


def _group(group_id: str, title: str) -> ConfigSubentryDataWithId:
    return ConfigSubentryDataWithId(
        subentry_id=group_id,
        subentry_type=SUBENTRY_GROUP,
        title=title,
        unique_id=None,
        data={
            CONF_PHASES: PHASES,
            CONF_MAX_CURRENT_ONLINE: MAIN_FUSE,
            CONF_MAX_CURRENT_OFFLINE: 2 * MINIMUM_SIGNALLED_CURRENT,
            CONF_MIN_CURRENT: MINIMUM_SIGNALLED_CURRENT,
            CONF_CHARGERS_INCLUDED: True,
            CONF_ACTIVE: True,
        },
    )


def _charger(charger: str, group_id: str, title: str) -> ConfigSubentryData:
    limit = entity_id("number", charger, "current")
    entities = {
        Role.LIMIT: limit,
        Role.STATE: entity_id("sensor", charger, "state"),
        Role.CURRENT_L1: entity_id("sensor", charger, "current_l1"),
        Role.CURRENT_L2: entity_id("sensor", charger, "current_l2"),
        Role.CURRENT_L3: entity_id("sensor", charger, "current_l3"),
    }
    return ConfigSubentryData(
        subentry_type=SUBENTRY_CHARGER,
        title=title,
        unique_id=limit,
        data={
            CONF_PROFILE: ANY_ENTITIES,
            CONF_ENTITIES: {role.value: id_ for role, id_ in entities.items()},
            CONF_GROUP: group_id,
            CONF_WIRING: format_phases(WIRINGS[charger]),
            CONF_MAX_CURRENT: 16.0,
            CONF_OFFLINE_CURRENT: MINIMUM_SIGNALLED_CURRENT,
            CONF_OFFLINE_PHASE: ALL_PHASES,
            CONF_PRIORITY: 1,
        },
    )
