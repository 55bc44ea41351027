"""The decision: who may draw how much, now, and why.

Read `decide` from top to bottom: it is the whole law. Each step's idea has a file of
its own in `control/`. No clock, no I/O: time is an argument.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .control.clock import SteadyClock
from .control.connector import Connector
from .control.constraint import Currents, add, no_currents
from .control.dispatch import Dispatch
from .control.explain import explain
from .control.headroom import find_headroom
from .control.leaving import leave
from .control.metering import Metering
from .control.plan import Plan, class_of
from .control.reading import UNREAD
from .control.sharing import Shared
from .control.tree import Branch, Tree
from .model import Allocation, Ceiling, Decision, Site, Snapshot


class Balancer:
    """Balances one site. Feed it every snapshot; it remembers what it needs.

    Raises a `SiteError` if the site cannot be balanced as it is described. `decide`
    never raises.
    """

    def __init__(self, site: Site) -> None:
        """Check the site and start with nothing known."""
        self._clock = SteadyClock()
        self._ceilings: tuple[Ceiling, ...] | None = None
        self._dispatch = Dispatch()
        # Of the last decision, so that what is the same is not worked out anew.
        self._shared: Sequence[Shared] = ()
        self._allocations: Mapping[str, Allocation] = {}
        self._lay_out(Tree(site), known={}, metering=None)

    def change(self, site: Site) -> None:
        """Balance the site with other figures from the next decision on.

        What was learned and allocated goes on, where it is still of the same thing.
        Raises a `SiteError` as the start does; then nothing is changed.
        """
        tree = Tree(site)
        if tree.has_nodes_of(self._tree):
            known = {connector.id: connector for connector in self._connectors}
            self._lay_out(tree, known=known, metering=self._metering)
        else:
            self._dispatch = Dispatch()
            self._lay_out(tree, known={}, metering=None)

    def _lay_out(
        self, tree: Tree, *, known: Mapping[str, Connector], metering: Metering | None
    ) -> None:
        """Take the site; of what is known of its chargers and nodes what is still so."""
        self._tree = tree
        self._connectors = [
            _connector(branch, tree.site, known.get(branch.charger.id))
            for branch in tree.branches
        ]
        self._active = [c for c in self._connectors if c.branch.active]
        self._metering = Metering(tree, self._connectors, metering)

    def decide(self, snapshot: Snapshot, now: float) -> Decision:
        """Return what each charger is allocated from `now` (s) on, and why."""
        now = self._clock.advance(now)
        offset = self._clock.offset
        self._ceilings = snapshot.ceilings
        ceilings = _in_force(snapshot.ceilings, now - offset)
        # What each charger says, then what the meters say, then both together.
        for connector in self._connectors:
            reading = snapshot.chargers.get(connector.id, UNREAD)
            command = snapshot.commands.get(connector.id)
            connector.observe(reading, command, offset, now)
        self._metering.observe(snapshot.measurements, offset, now)
        for connector in self._active:
            connector.compare(now)
        # What the fuses leave, and who is to have how much of it.
        metering = self._metering
        headroom = find_headroom(
            tree=self._tree,
            metering=metering,
            ceilings=ceilings,
            committed=self._committed(),
            now=now,
        )
        plan = Plan(
            self._active,
            metering=metering,
            headroom=headroom,
            ceilings=ceilings,
            boosted=_boosted(snapshot, now - offset),
            balancer_type=self._tree.site.balancer_type,
            before=self._shared,
            now=now,
        )
        self._shared = plan.shared
        # Cuts at once and in full; raises when they have waited and are free.
        commanded = self._dispatch.dispatch(plan)
        decision = explain(
            tree=self._tree,
            connectors=self._connectors,
            metering=metering,
            plan=plan,
            commanded=commanded,
            before=self._allocations,
            offset=offset,
        )
        self._allocations = decision.allocations
        return decision

    def leave(self, now: float) -> dict[str, float]:
        """Return the A at which to leave each charger that nobody balances from `now` on.

        It goes by what was known at the last decision; before the first, nobody was
        balanced.
        """
        if self._ceilings is None:
            return {}
        now = self._clock.advance(now)
        balancer_type = self._tree.site.balancer_type
        return leave(
            self._active,
            tree=self._tree,
            metering=self._metering,
            ceilings=_in_force(self._ceilings, now - self._clock.offset),
            rank=lambda connector: class_of(connector, balancer_type),
            now=now,
        )

    def _committed(self) -> Currents:
        """Return what is allocated or reserved of each constraint already, A."""
        committed = no_currents(len(self._tree.nodes))
        for connector in self._active:
            for constraint, current in connector.reserve.whole:
                committed[constraint] += current
            if connector.allocated and not connector.reserve.aside:
                add(committed, connector.draw.phases.load, connector.allocated)
        return committed


def _connector(branch: Branch, site: Site, known: Connector | None) -> Connector:
    """Return a charger's memory: the `known` one where it is still wired the same."""
    if known is not None and known.branch.is_wired_as(branch):
        known.change(branch, site.turn)
        return known
    return Connector(branch, site.supply.earthing_system, site.turn)


def _boosted(snapshot: Snapshot, now: float) -> frozenset[str]:
    """Return who is served before all others."""
    if not snapshot.boosts:
        return frozenset()
    return frozenset(id_ for id_, expires in snapshot.boosts.items() if expires > now)


def _in_force(ceilings: Iterable[Ceiling], now: float) -> dict[str, Ceiling]:
    """Return the lowest ceiling of each target that has not expired."""
    in_force: dict[str, Ceiling] = {}
    for ceiling in ceilings:
        if ceiling.expires > now:
            if not ceiling.current > 0:  # or no number at all: it leaves nothing
                ceiling = replace(ceiling, current=0.0)
            lowest = in_force.get(ceiling.target, ceiling)
            if ceiling.current <= lowest.current:
                in_force[ceiling.target] = ceiling
    return in_force
