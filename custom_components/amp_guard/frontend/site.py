"""A site and its state as plain JSON, for who draws them.

Currents in A by phase (a list of three), power in W, times in s since 1970. What is not
known is left out, and nothing is None: so one tree can be told from another by a JSON
merge patch (RFC 7396).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import CONF_MEASURED_PHASES, CONF_SENSORS, AmpGuardConfigEntry
from ..loop.state import SiteState
from ..model import (
    SUPPLY_ID,
    UNBALANCE_ID,
    Charger,
    EarthingSystem,
    Group,
    NodeState,
    Phase,
    PhaseValues,
    PhaseWorth,
    Reason,
    Site,
    Worth,
)
from ..site.devices import device_of, meter_id
from ..site.grid_operators import unbalance_name
from ..site.phases import parse_phases

type Json = dict[str, Any]

DECIMALS = 1
"""Of a current. What is less is noise, and would be told each second."""
POWER_DIGITS = -2
"""Of a limit on power, which a tariff's window changes each second."""


# --- what the site is -----------------------------------------------------------------


@callback
def describe(hass: HomeAssistant, entry: AmpGuardConfigEntry, site: Site) -> Json:
    """Return what the site is: its fuses and chargers, their devices and entities."""
    supply = site.supply
    is_it = supply.earthing_system is EarthingSystem.IT
    measured = parse_phases(entry.data[CONF_MEASURED_PHASES])
    told: Json = {
        "supply": {
            "fuse": supply.supply_max_current,
            "fuse_type": supply.fuse_type.value,
            "net": supply.earthing_system.value,
            "metered": supply.metered,
            # In an IT net two lines bound the third.
            "phases": [*Phase] if is_it else sorted(measured),
        },
        "groups": {group.id: _group(group) for group in site.groups},
        "chargers": {charger.id: _charger(charger) for charger in site.chargers},
        "limits": _limits(entry, site),
    }
    entities = _entities(hass, entry)
    for target, part in {
        SUPPLY_ID: told["supply"],
        **told["groups"],
        **told["chargers"],
    }.items():
        part["entities"] = entities.get(target, {})
        if (device := device_of(hass, entry, target)) is not None:
            part["device"] = device.id
            part["name"] = device.name_by_user or device.name or ""
    told["supply"]["entities"] = _sources(hass, entry) | told["supply"]["entities"]
    return told


@callback
def entity_ids(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> list[str]:
    """Return the entities of an entry: who may read all of them may see its site."""
    registry = er.async_get(hass)
    entities = er.async_entries_for_config_entry(registry, entry.entry_id)
    return [entity.entity_id for entity in entities]


def _limits(entry: AmpGuardConfigEntry, site: Site) -> Json:
    """Return what limits beside the fuses there may be."""
    names = entry.runtime_data.plans.names
    told: Json = {
        limit.id: {"name": names[limit.id], "reason": limit.reason.value}
        for limit in site.power_limits
        if limit.chargers
    }
    if site.unbalance is not None:
        told[UNBALANCE_ID] = {
            "name": unbalance_name(entry),
            "reason": Reason.UNBALANCE.value,
            "current": site.unbalance,
        }
    return told


def _group(group: Group) -> Json:
    return {
        "parent": group.parent,
        "phases": [*group.phases],
        "online": group.max_current_online,
        "offline": group.max_current_offline,
        "minimum": group.min_current,
        "metered": group.metered,
        "active": group.active,
    }


def _charger(charger: Charger) -> Json:
    return {
        "group": charger.group,
        "wiring": [*charger.wiring],
        "minimum": charger.min_current,
        "maximum": charger.max_current,
        "offline": charger.offline_current,
        "priority": charger.priority,
        "active": charger.active,
    }


def _entities(
    hass: HomeAssistant, entry: AmpGuardConfigEntry
) -> dict[str, dict[str, str]]:
    """Return the entities that are enabled, of each node and charger by their keys."""
    found: dict[str, dict[str, str]] = {}
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        prefix = f"{entity.config_subentry_id or meter_id(entry)}_"
        if entity.disabled_by is None and entity.unique_id.startswith(prefix):
            of_target = found.setdefault(entity.config_subentry_id or SUPPLY_ID, {})
            of_target[entity.unique_id.removeprefix(prefix)] = entity.entity_id
    return found


def _sources(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> dict[str, str]:
    """Return the sensors that the meter is made of, where it is made of some.

    By the key of the entity that would show the same, and so is off.
    """
    registry = er.async_get(hass)
    return {
        role: er.async_resolve_entity_id(registry, id_) or id_
        for role, id_ in entry.data.get(CONF_SENSORS, {}).items()
    }


# --- how it stands --------------------------------------------------------------------


def figures(state: SiteState) -> Json:
    """Return how the site stands."""
    decision = state.decision
    return {
        "nodes": {id_: _node(state, id_, node) for id_, node in decision.nodes.items()},
        "chargers": {id_: _charging(state, id_) for id_ in decision.allocations},
        "limits": dict(_in_force(state)),
        "ceilings": [
            {
                "target": ceiling.target,
                "name": ceiling.name,
                "current": ceiling.current,
                "end": round(ceiling.end.timestamp()),
            }
            for ceiling in state.ceilings
        ],
    }


def _in_force(state: SiteState) -> Iterator[tuple[str, Json]]:
    """Yield each limit beside the fuses that is in force, and whom it binds."""
    for limit in state.site.power_limits:
        if limit.id in state.limits and limit.chargers:
            power = round(state.limits[limit.id], POWER_DIGITS) + 0.0
            yield limit.id, {"power": power, "binds": state.bound_by(limit)}
    if state.site.unbalance is not None:
        allocations = state.decision.allocations.values()
        binds = [a.charger for a in allocations if a.reason is Reason.UNBALANCE]
        yield UNBALANCE_ID, {"binds": binds}


def _node(state: SiteState, id_: str, node: NodeState) -> Json:
    told = {
        "trust": node.trust.value,
        "limit": round(node.limit, DECIMALS),
        "free": phases(node.available),
        "allocated": phases(node.allocated),
        "overloaded": node.overloaded,
        "limiting": node.limiting_phase,
        "connected": state.connected.get(id_),
        "worth": [_worth(worth) for worth in node.worth]
        if any(worth.worth is not Worth.MEASURED for worth in node.worth)
        else None,
    }
    if id_ in state.samples and state.meter_is_online(id_):
        told["current"] = phases(state.samples[id_].current)
    if id_ == SUPPLY_ID and (house := state.house_current()) is not None:
        told["house"] = phases(house)
    return _known(told)


def _worth(worth: PhaseWorth) -> Json:
    return _known(
        {
            "worth": worth.worth.value,
            "doubt": None if worth.doubt is None else worth.doubt.value,
            "on": worth.on,
        }
    )


def _charging(state: SiteState, charger: str) -> Json:
    allocation = state.decision.allocations[charger]
    reading = state.readings[charger]
    return _known(
        {
            "status": reading.status.value,
            "allocated": round(allocation.current, DECIMALS),
            "drawn": phases(state.decision.drawn[charger]),
            "power": round(state.power[charger], -1)
            if charger in state.power
            else None,
            "reason": allocation.reason.value,
            "node": allocation.node,
            "phase": allocation.phase,
            "starts": _time(state.next_turn(charger)),
            "boosted": _time(state.boosts.get(charger)),
            "user_limit": reading.user_limit,
            "follows": charger not in state.decision.not_following,
            "paused": state.is_paused(charger),
        }
    )


def phases(values: PhaseValues) -> list[float]:
    """Return a figure of each phase; without a minus before a nought."""
    return [round(value, DECIMALS) + 0.0 for value in values]


def _time(moment: datetime | None) -> int | None:
    """Return s since 1970, rounded to what is worth telling again."""
    if moment is None:
        return None
    return round((moment + timedelta(milliseconds=500)).timestamp() / 5) * 5


def _known(told: Json) -> Json:
    return {key: value for key, value in told.items() if value is not None}
