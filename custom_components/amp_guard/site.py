"""The config entry and its subentries, read as a site; and the rules they must keep."""

from collections.abc import Collection, Iterator, Mapping
from math import ceil, floor
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE_ID

from .chargers import PROFILES, ChargerConfig
from .const import (
    CONF_ACTIVE,
    CONF_BALANCER_TYPE,
    CONF_CHARGERS_INCLUDED,
    CONF_CONNECTOR,
    CONF_ENTITIES,
    CONF_FUSE_TYPE,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MEASURED_PHASES,
    CONF_MIN_CURRENT,
    CONF_NET,
    CONF_OFFLINE_CURRENT,
    CONF_OFFLINE_PHASE,
    CONF_PARENT,
    CONF_PHASES,
    CONF_PRIORITY,
    CONF_PROFILE,
    CONF_SOCKET,
    CONF_SOCKET_CURRENT,
    CONF_SOURCE,
    CONF_STATES,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_TURN,
    CONF_VARIANT,
    CONF_WIRING,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
)
from .meters import MAX_MEASURED_CURRENT, Source
from .model import (
    MINIMUM_SIGNALLED_CURRENT,
    SUPPLY_ID,
    BalancerType,
    Charger,
    FuseType,
    Group,
    Net,
    Phase,
    Site,
    SiteError,
    Supply,
)
from .phases import parse_phases

ALL_PHASES = "all"
"""The offline phase of a charger that uses every phase it is wired to."""

SECONDS_PER_MINUTE = 60.0
ROUNDING = 1e-6
"""Steps by which a figure may miss the one that it means."""

DEFAULT_SOCKET_CURRENT = 10.0
"""A. What an outlet is loaded with for hours; its owner can reserve more or less."""
MAX_SOCKET_CURRENT = 16.0
"""A. What a Schuko plug is rated for."""


class GoneError(SiteError):
    """What a part of the site hangs on was removed; `key` is a translated text's."""

    def __init__(self, key: str, name: str) -> None:
        """Name the part."""
        super().__init__(f"{name}: {key}")
        self.key = key
        self.name = name


type Errors = dict[str, str]
"""What rule a field breaks, by field: keys of translated texts."""


# --- reading ------------------------------------------------------------------------


def build_site(entry: ConfigEntry) -> Site:
    """Return the site; raise SiteError where the subentries contradict each other."""
    groups = {
        subentry.subentry_id: read_group(subentry.data, subentry.subentry_id)
        for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP)
    }
    for group in groups.values():
        if group.parent not in (SUPPLY_ID, *groups):
            raise GoneError("group_above_gone", _title(entry, group.id))
    chargers = _chargers(entry)
    for charger in chargers:
        if charger.group not in groups:
            raise GoneError("group_of_charger_gone", _title(entry, charger.id))
    return Site(
        supply=read_supply(entry.options, entry.data[CONF_SOURCE]),
        groups=tuple(groups.values()),
        chargers=tuple(chargers),
        balancer_type=BalancerType(entry.options[CONF_BALANCER_TYPE]),
        turn=entry.options[CONF_TURN] * SECONDS_PER_MINUTE,
    )


def read_supply(options: Mapping[str, Any], source: str) -> Supply:
    """Return the supply that the entry's options describe, measured by a `Source`."""
    return Supply(
        supply_max_current=options[CONF_SUPPLY_MAX_CURRENT],
        fuse_type=FuseType(options[CONF_FUSE_TYPE]),
        net=Net(options[CONF_NET]),
        metered=Source(source) is not Source.NONE,
    )


def read_group(data: Mapping[str, Any], group_id: str = "") -> Group:
    """Return the group that a subentry's data describe."""
    return Group(
        id=group_id,
        parent=data.get(CONF_PARENT, SUPPLY_ID),
        phases=parse_phases(data[CONF_PHASES]),
        max_current_online=data[CONF_MAX_CURRENT_ONLINE],
        max_current_offline=data[CONF_MAX_CURRENT_OFFLINE],
        min_current=data[CONF_MIN_CURRENT],
        chargers_included_in_measurements=data[CONF_CHARGERS_INCLUDED],
        active=data.get(CONF_ACTIVE, True),
    )


def read_charger(data: Mapping[str, Any], charger_id: str = "") -> Charger:
    """Return the charger that a subentry's data describe."""
    offline_phase = data[CONF_OFFLINE_PHASE]
    profile = PROFILES[data[CONF_PROFILE]]
    return Charger(
        id=charger_id,
        group=data[CONF_GROUP],
        wiring=parse_phases(data[CONF_WIRING]),
        min_current=profile.min_current,
        max_current=min(data[CONF_MAX_CURRENT], profile.max_current),
        resolution=profile.resolution,
        command_lag=profile.command_lag,
        expiring_limit=profile.expiry is not None,
        priority=int(data[CONF_PRIORITY]),
        offline_current=data[CONF_OFFLINE_CURRENT],
        offline_phase=None
        if offline_phase == ALL_PHASES
        else parse_phases(offline_phase)[0],
        socket_current=data.get(CONF_SOCKET_CURRENT, DEFAULT_SOCKET_CURRENT)
        if data.get(CONF_SOCKET, False)
        else 0.0,
        active=data.get(CONF_ACTIVE, True),
    )


def read_charger_config(data: Mapping[str, Any], charger_id: str = "") -> ChargerConfig:
    """Return what the driver of a charger needs to know."""
    charger = read_charger(data, charger_id)
    return ChargerConfig(
        id=charger.id,
        device_id=data.get(CONF_DEVICE_ID),
        profile=data[CONF_PROFILE],
        connector=data.get(CONF_CONNECTOR, 1),
        entities=data.get(CONF_ENTITIES, {}),
        states=data.get(CONF_STATES, {}),
        min_current=charger.min_current,
        max_current=charger.max_current,
        wiring=charger.wiring,
        offline_current=charger.offline_current,
    )


def nodes_above(site: Site, node: str) -> Iterator[str]:
    """Go from a node up to the supply, both included."""
    parents = {group.id: group.parent for group in site.groups}
    while node != SUPPLY_ID:
        yield node
        node = parents.pop(node, SUPPLY_ID)
    yield SUPPLY_ID


def taking_part(site: Site) -> list[str]:
    """Return the chargers that are balanced: the others are left alone."""
    inactive = {group.id for group in site.groups if not group.active}
    return [
        charger.id
        for charger in site.chargers
        if charger.active and inactive.isdisjoint(nodes_above(site, charger.group))
    ]


# --- rules --------------------------------------------------------------------------


def subentry_errors(
    kind: str, data: Mapping[str, Any], entry: ConfigEntry, subentry_id: str = ""
) -> Errors:
    """Return the rules that a group or charger breaks, a new one or a changed one."""
    if kind == SUBENTRY_GROUP:
        group = read_group(data, subentry_id)
        if group.parent not in (SUPPLY_ID, *entry.subentries):
            return {CONF_PARENT: "group_gone"}
        max_current, phases = limits_above(group.parent, entry)
        return changed_group_errors(group, entry) | group_errors(
            group, max_current_above=max_current, phases_above=phases
        )
    if (subentry := entry.subentries.get(data[CONF_GROUP])) is None:
        return {CONF_GROUP: "group_gone"}
    return charger_errors(
        read_charger(data, subentry_id),
        read_group(subentry.data),
        read_supply(entry.options, entry.data[CONF_SOURCE]),
    )


def meter_misfit(data: Mapping[str, Any], entry: ConfigEntry) -> str | None:
    """Return why an entry cannot be measured by a meter with these data.

    A phase that nobody measures would count as one without load.
    """
    if not _phases_below(SUPPLY_ID, entry) <= {
        *parse_phases(data[CONF_MEASURED_PHASES])
    }:
        return "phases_not_measured"
    most = MAX_MEASURED_CURRENT[data[CONF_VARIANT]]
    if entry.options[CONF_SUPPLY_MAX_CURRENT] > most:
        return "fuse_above_range"
    return None


def supply_errors(supply: Supply, entry: ConfigEntry) -> Errors:
    """Return the rules that a changed supply breaks."""
    errors: Errors = {}
    if _widest_below(SUPPLY_ID, entry) > supply.supply_max_current:
        errors[CONF_SUPPLY_MAX_CURRENT] = "below_group"
    if any(_hangs_on_one_line(charger, supply) for charger in _chargers(entry)):
        errors[CONF_NET] = "it_needs_two_lines"
    return errors


def group_errors(
    group: Group, *, max_current_above: float, phases_above: Collection[Phase]
) -> Errors:
    """Return the rules that a group breaks, below a node with that maximum (A)."""
    errors: Errors = {}
    if group.max_current_online > max_current_above:
        errors[CONF_MAX_CURRENT_ONLINE] = "group_above_supply"
    if group.max_current_offline > group.max_current_online:
        errors[CONF_MAX_CURRENT_OFFLINE] = "offline_above_online"
    elif 0 < group.max_current_offline < group.min_current:
        errors[CONF_MAX_CURRENT_OFFLINE] = "offline_below_minimum"
    if group.min_current > group.max_current_online:
        errors[CONF_MIN_CURRENT] = "minimum_above_maximum"
    if not set(group.phases) <= set(phases_above):
        errors[CONF_PHASES] = "phase_not_measured"
    return errors


def changed_group_errors(group: Group, entry: ConfigEntry) -> Errors:
    """Return the rules that a changed group breaks for what hangs below it."""
    errors: Errors = {}
    if _widest_below(group.id, entry) > group.max_current_online:
        errors[CONF_MAX_CURRENT_ONLINE] = "below_group"
    if not _phases_below(group.id, entry) <= set(group.phases):
        errors[CONF_PHASES] = "phase_in_use"
    chargers = [c for c in _chargers(entry) if c.group == group.id]
    if not all(_can_charge(charger, group) for charger in chargers):
        errors[CONF_MIN_CURRENT] = "minimum_above_charger"
    return errors


def charger_errors(charger: Charger, group: Group, supply: Supply) -> Errors:
    """Return the rules that a charger breaks in its group, on that supply."""
    errors: Errors = {}
    if not _can_charge(charger, group):
        errors[CONF_MAX_CURRENT] = "maximum_below_minimum"
    if charger.offline_current > charger.max_current:
        errors[CONF_OFFLINE_CURRENT] = "offline_above_maximum"
    elif 0 < charger.offline_current < MINIMUM_SIGNALLED_CURRENT:
        errors[CONF_OFFLINE_CURRENT] = "offline_below_least"
    if not set(charger.wiring) <= set(group.phases):
        errors[CONF_WIRING] = "wiring_outside_group"
    elif _hangs_on_one_line(charger, supply):
        errors[CONF_WIRING] = "it_needs_two_lines"
    if charger.offline_phase is not None:
        if charger.offline_phase not in charger.wiring:
            errors[CONF_OFFLINE_PHASE] = "offline_phase_not_wired"
    return errors


def limits_above(parent: str, entry: ConfigEntry) -> tuple[float, tuple[Phase, ...]]:
    """Return the maximum (A) and the phases of the node that a group hangs below."""
    if parent == SUPPLY_ID:
        return (
            read_supply(entry.options, entry.data[CONF_SOURCE]).supply_max_current,
            parse_phases(entry.data[CONF_MEASURED_PHASES]),
        )
    group = read_group(entry.subentries[parent].data)
    return group.max_current_online, group.phases


def _groups_below(node: str, entry: ConfigEntry) -> Iterator[Group]:
    for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP):
        group = read_group(subentry.data, subentry.subentry_id)
        if group.parent == node:
            yield group


def _widest_below(node: str, entry: ConfigEntry) -> float:
    groups = _groups_below(node, entry)
    return max((group.max_current_online for group in groups), default=0.0)


def _phases_below(node: str, entry: ConfigEntry) -> set[Phase]:
    below = [group.phases for group in _groups_below(node, entry)]
    below += [charger.wiring for charger in _chargers(entry) if charger.group == node]
    return {phase for phases in below for phase in phases}


def _chargers(entry: ConfigEntry) -> list[Charger]:
    return [
        read_charger(subentry.data, subentry.subentry_id)
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    ]


def _can_charge(charger: Charger, group: Group) -> bool:
    """Say whether a step of the charger lies between its least and its maximum."""
    step = charger.resolution
    least = ceil(max(charger.min_current, group.min_current) / step - ROUNDING)
    return floor(charger.max_current / step + ROUNDING) >= least


def _hangs_on_one_line(charger: Charger, supply: Supply) -> bool:
    """Say whether the charger would hang on nothing: an IT net has no neutral."""
    return supply.net is Net.IT and len(charger.wiring) == 1


def _title(entry: ConfigEntry, subentry_id: str) -> str:
    return entry.subentries[subentry_id].title
