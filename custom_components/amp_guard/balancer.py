"""The decision: who may draw how much, now, and why.

Read `decide` from top to bottom: it is the whole law. Each step's idea has a file of
its own in `control/`. No clock, no I/O: time is an argument.
"""

from collections.abc import Mapping

from .control.clock import SteadyClock
from .control.connector import UNREAD, Connector
from .control.explain import explain
from .control.handout import HandOut
from .control.metering import Metering
from .control.plan import Plan
from .control.rooms import find_rooms
from .control.tree import Tree
from .model import Decision, Site, Snapshot


class Balancer:
    """Balances one site. Feed it every snapshot; it remembers what it needs.

    Raises a `SiteError` if the site cannot be balanced as it is described. `decide`
    never raises.
    """

    def __init__(self, site: Site) -> None:
        """Check the site and start with nothing known."""
        self._clock = SteadyClock()
        self._hand_out = HandOut()
        self._lay_out(Tree(site), known={}, metering=None)

    def change(self, site: Site) -> None:
        """Balance the site with other figures from the next decision on.

        What was learned and promised goes on, where it is still of the same thing.
        Raises a `SiteError` as the start does; then nothing is changed.
        """
        tree = Tree(site)
        if tree.has_nodes_of(self._tree):
            known = {connector.id: connector for connector in self._connectors}
            self._lay_out(tree, known=known, metering=self._metering)
        else:
            self._hand_out = HandOut()
            self._lay_out(tree, known={}, metering=None)

    def _lay_out(
        self, tree: Tree, *, known: Mapping[str, Connector], metering: Metering | None
    ) -> None:
        """Take the site; of what is known of its chargers and nodes what is still so."""
        self._tree = tree
        self._connectors = [
            connector.go_on_as(branch, tree.site.turn)
            if (connector := known.get(branch.charger.id)) is not None
            and connector.branch.hangs_as(branch)
            else Connector(branch, tree.site.supply.earthing_system, tree.site.turn)
            for branch in tree.branches
        ]
        self._active = [c for c in self._connectors if c.branch.active]
        self._metering = Metering(tree, self._connectors, metering)

    def decide(self, snapshot: Snapshot, now: float) -> Decision:
        """Return what each charger is given from `now` (s) on, and why."""
        now = self._clock.tell(now)
        offset = self._clock.offset
        ceilings = _in_force(snapshot, now - offset)
        # What each charger says, then what the meters say, then both together.
        for connector in self._connectors:
            reading = snapshot.chargers.get(connector.id, UNREAD)
            connector.hear(reading, offset, now)
        self._metering.measure(snapshot.measurements, offset, now)
        for connector in self._active:
            connector.watch(now)
        # What the fuses leave, and who is to have how much of it.
        metering = self._metering
        rooms = find_rooms(
            nodes=self._tree.nodes,
            meters=metering.meters,
            houses=metering.houses,
            ceilings=ceilings,
            granted=self._granted(now),
            now=now,
        )
        plan = Plan(
            self._active,
            metering=metering,
            rooms=rooms,
            ceilings=ceilings,
            boosted=_boosted(snapshot, now - offset),
            balancer_type=self._tree.site.balancer_type,
            now=now,
        )
        # Cuts at once and in full; raises when they have waited and are free.
        told = self._hand_out.hand_out(plan)
        return explain(
            tree=self._tree,
            connectors=self._connectors,
            metering=metering,
            plan=plan,
            told=told,
            offset=offset,
        )

    def _granted(self, now: float) -> list[float]:
        """Return what each constraint is promised already, A."""
        granted = [0.0] * (3 * len(self._tree.nodes))
        for connector in self._active:
            reserved = connector.reserved(now)
            if reserved:
                for constraint, current in reserved:
                    granted[constraint] += current
            if connector.given and not connector.lost:
                for constraint, weight in connector.draw.load:
                    granted[constraint] += weight * connector.given
        return granted


def _boosted(snapshot: Snapshot, now: float) -> frozenset[str]:
    """Return who is served before all others."""
    return frozenset(id_ for id_, expires in snapshot.boosts.items() if expires > now)


def _in_force(snapshot: Snapshot, now: float) -> dict[str, float]:
    """Return the lowest ceiling of each target that has not expired, A."""
    ceilings: dict[str, float] = {}
    for ceiling in snapshot.ceilings:
        if ceiling.expires > now:
            # Below zero, or no number at all, leaves nothing.
            current = ceiling.current if ceiling.current > 0 else 0.0
            lowest = ceilings.get(ceiling.target, current)
            ceilings[ceiling.target] = min(lowest, current)
    return ceilings
