"""The tree of limits: the supply, the groups below it, the chargers that hang in them.

A charger loads the constraints of its phases on each node from its own group up to the
supply; what it loads them with, for each ampere it draws, is its weight (1 in a TN net).
"""

from dataclasses import dataclass
from math import inf, isfinite, sqrt

from ..model import (
    MINIMUM_SIGNALLED_CURRENT,
    SUPPLY_ID,
    UNBALANCE_ID,
    Charger,
    EarthingSystem,
    Group,
    Phase,
    PowerLimit,
    Reason,
    Site,
    SiteError,
)
from .constraint import PHASES, Load, constraint_of

_HAIR = 1e-9
"""A that a figure may lie beside the whole step that it means."""


class UnknownParentError(SiteError):
    """A group hangs below a group that does not exist."""


class GroupCycleError(SiteError):
    """Groups hang below each other in a circle."""


class UnknownGroupError(SiteError):
    """A charger hangs in a group that does not exist."""


class DuplicateIdError(SiteError):
    """Two parts of the site have the same id."""


class UnknownChargerError(SiteError):
    """A power limit holds a charger that does not exist."""


class LimitError(SiteError):
    """A current is not a number above zero, or contradicts another one."""


class WiringError(SiteError):
    """A charger is wired to a phase twice, to none, or to one its group lacks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A fuse, the supply (index 0) or a group, A per phase; after them a power limit.

    A power limit has one pole that counts, L1: it carries the sum of all phases. What
    it may carry is not known here; `reason` tells its kind, and is None of a fuse. The
    last may be the limit of the difference between phases: each of its poles carries
    what chargers load that phase with beyond their least loaded one.
    """

    index: int
    id: str
    parent: int | None
    max_current_online: float
    max_current_offline: float
    metered: bool
    reason: Reason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """A charger's place in the tree.

    `path` are its fuses from its group up to the supply, `seen_by` those of them whose
    meter measures it, `power_limits` the nodes of those that hold it, `unbalance` that of
    the difference between phases, if it is limited. `weights` are the A on each supply
    phase for each A it draws when it uses all the phases it is wired to. `min_current`
    and `max_current` are whole steps of its resolution; `min_current` heeds the group's
    Min Current Per Phase.
    """

    charger: Charger
    path: tuple[int, ...]
    seen_by: tuple[int, ...]
    power_limits: tuple[int, ...]
    unbalance: int | None
    weights: tuple[float, float, float]
    earthing_system: EarthingSystem
    min_current: float
    max_current: float
    active: bool

    def in_range(self, current: float) -> float:
        """Return the most that can be allocated of `current`, A; 0 below the minimum."""
        stepped = self.in_steps(min(current, self.max_current))
        return stepped if stepped >= self.min_current else 0.0

    def in_steps(self, current: float) -> float:
        """Return the most that is a whole number of its steps, A."""
        step = self.charger.resolution
        return int((current + _HAIR) / step) * step

    def is_wired_as(self, other: Branch) -> bool:
        """Return whether it is balanced, wired and measured as another one."""
        charger, its = self.charger, other.charger
        return (
            (self.active and other.active)
            and (self.path, self.seen_by) == (other.path, other.seen_by)
            and (charger.wiring, charger.resolution) == (its.wiring, its.resolution)
        )

    def load(self, weights: tuple[float, float, float]) -> Load:
        """Return the constraints it loads while it uses phases as `weights` say."""
        load = [
            (constraint_of(node, phase), weights[phase])
            for node in self.path
            for phase in PHASES
            if weights[phase]
        ]
        load += (
            (constraint_of(node, Phase.L1), self.power_weight(weights))
            for node in self.power_limits
        )
        if self.unbalance is not None:
            least = min(weights)
            load += (
                (constraint_of(self.unbalance, phase), weights[phase] - least)
                for phase in PHASES
                if weights[phase] > least
            )
        return tuple(load)

    def power_weight(self, weights: tuple[float, float, float]) -> float:
        """Return the A of one phase that are as much power as those on the three."""
        if self.earthing_system is EarthingSystem.IT:  # they return by the fullest line
            return sum(weights) - max(weights)
        return sum(weights)


class Tree:
    """A site that was checked and can be balanced.

    Chargers stand in the order of their ids, so that the order in which they were
    listed does not matter. Raises a `SiteError` that says what to mend.
    """

    def __init__(self, site: Site) -> None:
        """Check the site and lay out its nodes and branches."""
        _check_ids(site)
        supply = site.supply
        _check_current("Supply Max Current", supply.supply_max_current)
        if not (isfinite(site.turn) and site.turn > 0):
            message = f"The turn is {site.turn} s; it must be a number above 0"
            raise LimitError(message)
        self.site = site
        self.nodes = _lay_out(site)
        self.fuses = tuple(node for node in self.nodes if node.reason is None)
        index = {node.id: node.index for node in self.nodes}
        groups = {group.id: group for group in site.groups}
        self.branches = tuple(
            _branch(charger, groups, index, self.nodes, site)
            for charger in sorted(site.chargers, key=lambda charger: charger.id)
        )

    def has_nodes_of(self, other: Tree) -> bool:
        """Return whether the same fuses stand in the same places of the same net."""
        mine, its = (
            [(node.id, node.parent, node.metered) for node in tree.nodes]
            for tree in (self, other)
        )
        return (
            mine == its
            and self.site.supply.earthing_system is other.site.supply.earthing_system
        )


def _check_ids(site: Site) -> None:
    seen = {SUPPLY_ID, UNBALANCE_ID}
    ids = [group.id for group in site.groups]
    chargers = [charger.id for charger in site.chargers]
    ids += chargers + [limit.id for limit in site.power_limits]
    for name in ids:
        if name in seen:
            message = f"The id {name!r} is used twice; give each part its own"
            raise DuplicateIdError(message)
        seen.add(name)
    for limit in site.power_limits:
        if unknown := set(limit.chargers).difference(chargers):
            message = f"{limit.id!r} limits the unknown charger {min(unknown)!r}"
            raise UnknownChargerError(message)


def _check_current(name: str, current: float) -> None:
    if not (isfinite(current) and current > 0):
        message = f"{name} is {current} A; it must be a number above 0"
        raise LimitError(message)


def _lay_out(site: Site) -> tuple[Node, ...]:
    """Return the nodes, each after its parent."""
    supply = site.supply
    nodes = [
        Node(
            index=0,
            id=SUPPLY_ID,
            parent=None,
            max_current_online=supply.supply_max_current,
            max_current_offline=supply.supply_max_current,
            metered=supply.metered,
        )
    ]
    index = {SUPPLY_ID: 0}
    known = {SUPPLY_ID, *(group.id for group in site.groups)}
    for group in site.groups:
        if group.parent not in known:
            message = f"The group {group.id!r} hangs below unknown {group.parent!r}"
            raise UnknownParentError(message)
    waiting = list(site.groups)
    while waiting:
        ready = [group for group in waiting if group.parent in index]
        if not ready:
            names = ", ".join(sorted(repr(group.id) for group in waiting))
            message = f"The groups {names} hang below each other in a circle"
            raise GroupCycleError(message)
        for group in ready:
            node = _group_node(group, len(nodes), nodes[index[group.parent]])
            index[group.id] = node.index
            nodes.append(node)
        waiting = [group for group in waiting if group.id not in index]
    fuses = len(nodes)
    nodes += (_power_node(each, fuses + n) for n, each in enumerate(site.power_limits))
    if site.unbalance is not None and supply.earthing_system is EarthingSystem.TN:
        nodes.append(_unbalance_node(site.unbalance, len(nodes)))
    return tuple(nodes)


def _unbalance_node(limit: float, index: int) -> Node:
    _check_current("The greatest difference between phases", limit)
    return Node(
        index=index,
        id=UNBALANCE_ID,
        parent=0,
        max_current_online=limit,
        max_current_offline=limit,
        metered=False,
        reason=Reason.UNBALANCE,
    )


def _power_node(limit: PowerLimit, index: int) -> Node:
    return Node(
        index=index,
        id=limit.id,
        parent=0,
        max_current_online=inf,
        max_current_offline=inf,
        metered=False,
        reason=limit.reason,
    )


def _group_node(group: Group, index: int, parent: Node) -> Node:
    online, offline = group.max_current_online, group.max_current_offline
    _check_current(f"Max Current Per Phase (online) of {group.id!r}", online)
    if not (isfinite(offline) and 0 <= offline <= online):
        message = (
            f"Max Current Per Phase of {group.id!r} is {offline} A offline;"
            f" it must lie between 0 and the {online} A online"
        )
        raise LimitError(message)
    if not group.phases or len(set(group.phases)) != len(group.phases):
        message = f"The group {group.id!r} needs each of its phases once"
        raise WiringError(message)
    if not (isfinite(group.min_current) and 0 < group.min_current <= online):
        message = (
            f"Min Current Per Phase of {group.id!r} is {group.min_current} A;"
            f" it must lie above 0 and at most at the maximum of {online} A"
        )
        raise LimitError(message)
    return Node(
        index=index,
        id=group.id,
        parent=parent.index,
        max_current_online=online,
        max_current_offline=offline,
        metered=group.metered,
    )


def _branch(
    charger: Charger,
    groups: dict[str, Group],
    index: dict[str, int],
    nodes: tuple[Node, ...],
    site: Site,
) -> Branch:
    if charger.group not in groups:
        message = f"The charger {charger.id!r} hangs in no group ({charger.group!r})"
        raise UnknownGroupError(message)
    lineage = [groups[charger.group]]
    while lineage[-1].parent != SUPPLY_ID:
        lineage.append(groups[lineage[-1].parent])
    for group in lineage:
        _check_wiring(charger, group)
    min_current, max_current = _range_of(charger, lineage[0])
    path = (*(index[group.id] for group in lineage), 0)
    included = [group.chargers_included_in_measurements for group in lineage]
    return Branch(
        charger=charger,
        path=path,
        # A meter sees the charger unless some group below it, or the metered group
        # that the charger itself hangs in, says that it does not.
        seen_by=tuple(
            node
            for depth, node in enumerate(path)
            if nodes[node].metered and all(included[: max(depth, 1)])
        ),
        power_limits=tuple(
            index[limit.id]
            for limit in site.power_limits
            if charger.id in limit.chargers
        ),
        unbalance=index.get(UNBALANCE_ID),
        weights=_weights(charger.wiring, site.supply.earthing_system),
        earthing_system=site.supply.earthing_system,
        min_current=min_current,
        max_current=max_current,
        active=charger.active and all(group.active for group in lineage),
    )


def _check_wiring(charger: Charger, group: Group) -> None:
    wiring = charger.wiring
    if not wiring or len(set(wiring)) != len(wiring):
        message = f"The charger {charger.id!r} must be wired to one to three phases"
        raise WiringError(message)
    if charger.offline_phase is not None and charger.offline_phase not in wiring:
        message = f"The charger {charger.id!r} is not wired to its offline phase"
        raise WiringError(message)
    if not set(charger.one_phase_choices) <= set(wiring):
        message = f"The charger {charger.id!r} is to use a phase alone that it lacks"
        raise WiringError(message)
    if not set(wiring) <= set(group.phases):
        message = f"The charger {charger.id!r} is wired to a phase {group.id!r} lacks"
        raise WiringError(message)


def _range_of(charger: Charger, group: Group) -> tuple[float, float]:
    """Return its minimum and maximum in whole steps of its resolution, A."""
    for name, current in (
        ("minimum", charger.min_current),
        ("maximum", charger.max_current),
        ("resolution", charger.resolution),
        ("command lag", charger.command_lag),
    ):
        _check_current(f"The {name} of the charger {charger.id!r}", current)
    for name, current in (
        ("offline current limit", charger.offline_current),
        ("current for the socket", charger.socket_current),
    ):
        if not (isfinite(current) and current >= 0):
            message = f"The {name} of {charger.id!r} must be 0 A or more"
            raise LimitError(message)
    step = charger.resolution
    lowest = max(charger.min_current, group.min_current, MINIMUM_SIGNALLED_CURRENT)
    min_current = -int(-(lowest - _HAIR) // step) * step
    max_current = int((charger.max_current + _HAIR) // step) * step
    if min_current > max_current:
        message = (
            f"The charger {charger.id!r} needs at least {min_current:g} A"
            f" but may have at most {max_current:g} A"
        )
        raise LimitError(message)
    return min_current, max_current


def _weights(
    wiring: tuple[Phase, ...], earthing_system: EarthingSystem
) -> tuple[float, float, float]:
    """Return the A on each supply phase for each A that the charger draws.

    In an IT net a one-phase car hangs between two lines and loads both; a three-phase
    one loads them x, x and √3·x in the order of its wiring: both its circuits return
    through the last line, 60° apart.
    """
    weights = [0.0, 0.0, 0.0]
    for phase in wiring:
        weights[phase] = 1.0
    if earthing_system is EarthingSystem.IT and len(wiring) == len(Phase):
        weights[wiring[-1]] = sqrt(3.0)
    return (weights[0], weights[1], weights[2])
