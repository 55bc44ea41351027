"""The config entry and its subentries, read as a site."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_DEVICE_ID

from ..chargers import PROFILES, ChargerConfig, FailSafe, Profile
from ..const import (
    CONF_ACTIVE,
    CONF_BALANCER_TYPE,
    CONF_CHARGERS_INCLUDED,
    CONF_CONNECTOR,
    CONF_ENTITIES,
    CONF_FUSE_TYPE,
    CONF_GENERATES,
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
    CONF_PHASE_MODE,
    CONF_PHASES,
    CONF_PRIORITY,
    CONF_PROFILE,
    CONF_SOCKET,
    CONF_SOCKET_CURRENT,
    CONF_SOURCE,
    CONF_STATES,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_TURN,
    CONF_WIRING,
    SECONDS_PER_MINUTE,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from ..meters import Source
from ..model import (
    SUPPLY_ID,
    BalancerType,
    Charger,
    EarthingSystem,
    FuseType,
    Group,
    Phase,
    PhaseMode,
    PowerLimit,
    Site,
    Supply,
)
from .grid_operators import read_unbalance
from .phases import parse_phases, supply_phases
from .plans import planned_limits

ALL_PHASES = "all"
"""The offline phase of a charger that uses every phase it is wired to."""

CONNECTED = (SUBENTRY_GROUP, SUBENTRY_CHARGER)
"""What hangs on the supply, or on something that does."""

DEFAULT_SOCKET_CURRENT = 10.0
"""A. What an outlet is loaded with for hours; its owner can reserve more or less."""
MAX_SOCKET_CURRENT = 16.0
"""A. What a Schuko plug is rated for."""


def build_site(entry: AmpGuardConfigEntry) -> Site:
    """Return the site: what is connected to the supply.

    Raises SiteError where the subentries contradict each other.
    """
    connected = connected_subentries(entry)
    chargers = tuple(
        read_charger(subentry.data, id_)
        for id_, subentry in connected.items()
        if subentry.subentry_type == SUBENTRY_CHARGER
    )
    return Site(
        supply=read_supply(entry.options, entry.data[CONF_SOURCE]),
        groups=tuple(
            read_group(subentry.data, id_)
            for id_, subentry in connected.items()
            if subentry.subentry_type == SUBENTRY_GROUP
        ),
        chargers=chargers,
        power_limits=tuple(
            _of_these(each.limit, chargers) for each in planned_limits(entry)
        ),
        unbalance=read_unbalance(entry),
        balancer_type=BalancerType(entry.options[CONF_BALANCER_TYPE]),
        turn=entry.options[CONF_TURN] * SECONDS_PER_MINUTE,
    )


def _of_these(limit: PowerLimit, chargers: Iterable[Charger]) -> PowerLimit:
    """Return a limit without the chargers whose group is gone."""
    connected = {charger.id for charger in chargers}
    held = tuple(charger for charger in limit.chargers if charger in connected)
    return replace(limit, chargers=held)


def connected_subentries(entry: AmpGuardConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the groups and chargers of a supply, by id, whose groups are all there.

    What hangs on a group that was removed is left out, and the others go on.
    """
    return {
        id_: subentry
        for id_, subentry in entry.subentries.items()
        if subentry.subentry_type in CONNECTED
        and _reaches_supply(id_, entry.subentries)
    }


def was_balanced(charger: str, subentries: Mapping[str, ConfigSubentry]) -> bool:
    """Say whether a charger was balanced while these subentries were there."""
    above = [charger, *groups_above(charger, subentries)]
    return all(subentries[id_].data.get(CONF_ACTIVE, True) for id_ in above)


def read_supply(options: Mapping[str, Any], source: str) -> Supply:
    """Return the supply that the entry's options describe, measured by a `Source`."""
    return Supply(
        supply_max_current=options[CONF_SUPPLY_MAX_CURRENT],
        fuse_type=FuseType(options[CONF_FUSE_TYPE]),
        earthing_system=EarthingSystem(options[CONF_NET]),
        metered=Source(source) is not Source.NONE,
        generates=options.get(CONF_GENERATES, False),
    )


def phases_of(entry: AmpGuardConfigEntry) -> tuple[Phase, ...]:
    """Return the phases of an entry's supply, measured or bounded."""
    net = EarthingSystem(entry.options[CONF_NET])
    return supply_phases(entry.data[CONF_MEASURED_PHASES], net)


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
    profile = PROFILES[data[CONF_PROFILE]]
    return Charger(
        id=charger_id,
        group=data[CONF_GROUP],
        wiring=parse_phases(data[CONF_WIRING]),
        min_current=profile.min_current,
        max_current=min(data[CONF_MAX_CURRENT], profile.max_current),
        resolution=profile.resolution,
        command_lag=profile.command_lag,
        expiring_limit=profile.fail_safe is FailSafe.EXPIRING_LIMIT,
        priority=int(data[CONF_PRIORITY]),
        offline_current=data[CONF_OFFLINE_CURRENT],
        offline_phase=_read_offline_phase(data, profile),
        socket_current=data.get(CONF_SOCKET_CURRENT, DEFAULT_SOCKET_CURRENT)
        if data.get(CONF_SOCKET, False)
        else 0.0,
        active=data.get(CONF_ACTIVE, True),
        **_phase_switching(data, profile),
    )


def _phase_switching(data: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """Return how a charger of three phases is set to use one: always its own L1."""
    wiring = parse_phases(data[CONF_WIRING])
    if profile.phase_time is None or len(wiring) < len(Phase):
        return {}
    return {
        "one_phase_choices": wiring[:1],
        "switch_time": profile.phase_time,
        "phase_mode": PhaseMode(data.get(CONF_PHASE_MODE, PhaseMode.AUTOMATIC)),
    }


def read_chargers(entry: AmpGuardConfigEntry) -> list[Charger]:
    """Return the chargers that the entry's subentries describe."""
    return [
        read_charger(subentry.data, subentry.subentry_id)
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    ]


def read_charger_config(data: Mapping[str, Any], charger_id: str = "") -> ChargerConfig:
    """Return the charger that a subentry's data describe, for its driver."""
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


def groups_above(part: str, subentries: Mapping[str, ConfigSubentry]) -> dict[str, str]:
    """Return the groups above a group or charger, and what each of them hangs on.

    By the subentries as they are: a circle among them ends where it closes.
    """
    groups: dict[str, str] = {}
    above = _hangs_on(subentries[part])
    while above in subentries and above not in groups:  # in a circle it comes again
        groups[above] = _hangs_on(subentries[above])
        above = groups[above]
    return groups


def taking_part(site: Site) -> list[str]:
    """Return the chargers that are balanced: the others are left alone."""
    inactive = {group.id for group in site.groups if not group.active}
    return [
        charger.id
        for charger in site.chargers
        if charger.active and inactive.isdisjoint(nodes_above(site, charger.group))
    ]


def _read_offline_phase(data: Mapping[str, Any], profile: Profile) -> Phase | None:
    """Return the one phase that it uses when offline; None where that is all of them.

    What was chosen counts only where the charger can do so: room that is kept free on
    one phase does not protect the others.
    """
    chosen, wiring = data[CONF_OFFLINE_PHASE], parse_phases(data[CONF_WIRING])
    uses_one = profile.falls_back_on_one_phase or len(wiring) == 1
    return parse_phases(chosen)[0] if uses_one and chosen != ALL_PHASES else None


def _reaches_supply(part: str, subentries: Mapping[str, ConfigSubentry]) -> bool:
    """Say whether no group between it and the supply is gone.

    A circle lacks none: that is the site's to refuse.
    """
    hangs_on = {_hangs_on(subentries[part]), *groups_above(part, subentries).values()}
    return hangs_on <= {SUPPLY_ID, *subentries}


def _hangs_on(subentry: ConfigSubentry) -> str:
    if subentry.subentry_type == SUBENTRY_CHARGER:
        group: str = subentry.data[CONF_GROUP]
        return group
    parent: str = subentry.data.get(CONF_PARENT, SUPPLY_ID)
    return parent
