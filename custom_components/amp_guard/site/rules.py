"""The rules that a site must keep, each named by the field that breaks it."""

from collections.abc import Collection, Iterator, Mapping
from math import ceil, floor
from typing import Any

from homeassistant.config_entries import SOURCE_IGNORE

from ..const import (
    CONF_FOLLOWS,
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
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    CONF_WIRING,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from ..meters import MAX_MEASURED_CURRENT
from ..meters.sensor_patterns import ARON
from ..model import (
    MINIMUM_SIGNALLED_CURRENT,
    SUPPLY_ID,
    Charger,
    EarthingSystem,
    Group,
    Phase,
    Supply,
)
from .phases import parse_phases, supply_phases
from .reading import (
    groups_above,
    phases_of,
    read_charger,
    read_chargers,
    read_group,
    read_supply,
)

ROUNDING = 1e-6
"""Steps by which a figure may miss the one that it means."""

type Errors = dict[str, str]
"""What rule a field breaks, by field: keys of translated texts."""


def subentry_errors(
    kind: str,
    data: Mapping[str, Any],
    entry: AmpGuardConfigEntry,
    subentry_id: str = "",
) -> Errors:
    """Return the rules that a group or charger breaks, a new one or a changed one."""
    if kind == SUBENTRY_GROUP:
        group = read_group(data, subentry_id)
        if group.parent not in (SUPPLY_ID, *entry.subentries):
            return {CONF_PARENT: "group_gone"}
        if _is_in_circle(group, entry):
            return {CONF_PARENT: "groups_in_a_circle"}
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


def meter_misfit(data: Mapping[str, Any], entry: AmpGuardConfigEntry) -> str | None:
    """Return why an entry cannot be measured by a meter with these data.

    A phase that nobody measures would count as one without load.
    """
    if entry.source == SOURCE_IGNORE:  # nothing was set up of it
        return None
    net = EarthingSystem(entry.options[CONF_NET])
    if not _phases_below(SUPPLY_ID, entry) <= {
        *supply_phases(data[CONF_MEASURED_PHASES], net)
    }:
        return "phases_not_measured"
    variant = data.get(CONF_VARIANT)  # a meter without one measures any fuse
    if variant is None:
        return None
    if entry.options[CONF_SUPPLY_MAX_CURRENT] > MAX_MEASURED_CURRENT[variant]:
        return "fuse_above_range"
    return None


def supply_errors(supply: Supply, entry: AmpGuardConfigEntry) -> Errors:
    """Return the rules that a changed supply breaks."""
    errors: Errors = {}
    if wider_groups(SUPPLY_ID, supply.supply_max_current, entry):
        errors[CONF_SUPPLY_MAX_CURRENT] = "below_group"
    errors |= net_errors(supply.earthing_system, entry.data[CONF_MEASURED_PHASES])
    if any(_hangs_on_one_line(charger, supply) for charger in read_chargers(entry)):
        errors[CONF_NET] = "it_needs_two_lines"
    return errors


def net_errors(net: EarthingSystem, measured: str) -> Errors:
    """Return whether a meter's phases are enough in a net: only IT bounds a third."""
    if len(parse_phases(measured)) == len(ARON) and net is EarthingSystem.TN:
        return {CONF_NET: "net_needs_all_phases"}
    return {}


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


def changed_group_errors(group: Group, entry: AmpGuardConfigEntry) -> Errors:
    """Return the rules that a changed group breaks for what hangs below it."""
    errors: Errors = {}
    if wider_groups(group.id, group.max_current_online, entry):
        errors[CONF_MAX_CURRENT_ONLINE] = "below_group"
    if not _phases_below(group.id, entry) <= set(group.phases):
        errors[CONF_PHASES] = "phase_in_use"
    chargers = [c for c in read_chargers(entry) if c.group == group.id]
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


def limits_above(
    parent: str, entry: AmpGuardConfigEntry
) -> tuple[float, tuple[Phase, ...]]:
    """Return the maximum (A) and the phases of the node that a group hangs below."""
    if parent == SUPPLY_ID:
        return (
            read_supply(entry.options, entry.data[CONF_SOURCE]).supply_max_current,
            phases_of(entry),
        )
    group = read_group(entry.subentries[parent].data)
    return group.max_current_online, group.phases


def _is_in_circle(group: Group, entry: AmpGuardConfigEntry) -> bool:
    """Say whether a group would hang in a circle, by what is above it as it is now.

    The form may have been open while another one was saved. Where a group above is
    gone, that one is to be mended.
    """
    if group.parent not in entry.subentries:
        return False
    above = groups_above(group.parent, entry.subentries)
    way = {group.parent, *above}
    return group.id in way or (bool(above) and [*above.values()][-1] in way)


def wider_groups(
    node: str, max_current: float, entry: AmpGuardConfigEntry
) -> dict[str, float]:
    """Return the groups below a node that may use more than this (A), by name.

    One that follows what feeds it would use that much; what is below it may not.
    """
    wider: dict[str, float] = {}
    for group in _groups_below(node, entry):
        subentry = entry.subentries[group.id]
        if subentry.data.get(CONF_FOLLOWS, False):
            wider |= wider_groups(group.id, max_current, entry)
        elif group.max_current_online > max_current:
            wider[subentry.title] = group.max_current_online
    return wider


def _groups_below(node: str, entry: AmpGuardConfigEntry) -> Iterator[Group]:
    for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP):
        group = read_group(subentry.data, subentry.subentry_id)
        if group.parent == node:
            yield group


def _phases_below(node: str, entry: AmpGuardConfigEntry) -> set[Phase]:
    below = [group.phases for group in _groups_below(node, entry)]
    below += [
        charger.wiring for charger in read_chargers(entry) if charger.group == node
    ]
    return {phase for phases in below for phase in phases}


def _can_charge(charger: Charger, group: Group) -> bool:
    """Whether a step of the charger lies between its least and its maximum."""
    step = charger.resolution
    least = ceil(max(charger.min_current, group.min_current) / step - ROUNDING)
    return floor(charger.max_current / step + ROUNDING) >= least


def _hangs_on_one_line(charger: Charger, supply: Supply) -> bool:
    """Whether the charger would hang on nothing: an IT net has no neutral."""
    return supply.earthing_system is EarthingSystem.IT and len(charger.wiring) == 1
