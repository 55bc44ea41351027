"""Dispatch: cuts at once and in full, raises slowly and only from what is free."""

from ..model import Reason
from .connector import LEAST_CHANGE, Connector
from .constraint import EPSILON, Currents, place_of
from .offer import Offer
from .plan import Plan
from .ride_through import CARRIED
from .turns import STAGGER

_NEVER = float("-inf")


class Dispatch:
    """Turns plans into allocations; remembers the last start below each node."""

    def __init__(self) -> None:
        """Start with no start seen."""
        self._last_start: dict[int, float] = {}

    def dispatch(self, plan: Plan) -> set[str]:
        """Allocate what can be now; return the ids of who must be commanded."""
        rising = [offer for offer in plan.served if offer.target > offer.allocated]
        due = [offer for offer in rising if _is_due(offer, plan)]
        commanded = {
            offer.connector.id
            for offer in plan.offers
            if offer.target < offer.allocated
            and _must_give_up(offer, plan, due)
            and _cut(offer, plan)
        }
        commanded |= self._raise_all(due, plan)
        tight = bool(plan.headroom.overcommitted)
        for offer in plan.offers:
            connector = offer.connector
            if connector.id in commanded or connector.needs_command(
                plan.now, overcommitted=tight and plan.is_overcommitted(connector)
            ):
                connector.command.note(plan.now, lost=connector.lost)
                connector.switching.note_sent()
                commanded.add(connector.id)
        return commanded

    def _raise_all(self, due: list[Offer], plan: Plan) -> set[str]:
        """Raise as far as there is something free; return the ids of who has more."""
        if not due:
            return set()
        free = _free(plan)
        raised = [offer.connector for offer in due if self._raise(offer, free, plan)]
        return {connector.id for connector in raised}

    def _raise(self, offer: Offer, free: Currents, plan: Plan) -> bool:
        """Allocate as much of the target as is free; return whether that is anything."""
        connector, allocated, now = offer.connector, offer.allocated, plan.now
        if not allocated and (until := self._staggered_until(connector)) > now:
            offer.hold(Reason.STAGGERED, until)
            return False
        if not _carries_a_try(offer, free, plan):
            offer.hold(Reason.RELEASE_PENDING)
            return False
        load, held = connector.draw.phases.load, connector.holds()
        step = connector.branch.charger.resolution
        room = min((free[c] + own) / w for (c, w), own in zip(load, held, strict=True))
        current = min(offer.target, int((room + EPSILON) // step) * step)
        is_short = allocated < offer.low
        if current < (offer.low if is_short else allocated + LEAST_CHANGE):
            offer.hold(Reason.RELEASE_PENDING)
            return False
        for (c, weight), own in zip(load, held, strict=True):
            free[c] -= max(0.0, weight * current - own)
        for c, weight in connector.spare_load:
            free[c] -= weight * (current - allocated)
        if not allocated:
            for node in connector.branch.path:
                self._last_start[node] = now
        return connector.allocate(current, now, forced=False)

    def _staggered_until(self, connector: Connector) -> float:
        starts = self._last_start
        return STAGGER + max(starts.get(node, _NEVER) for node in connector.branch.path)


def _is_due(offer: Offer, plan: Plan) -> bool:
    """Return whether a raise may go out now; else say on the offer why not."""
    connector = offer.connector
    if plan.unsure(connector):
        offer.hold(Reason.METER_STALE)
        return False
    is_short = offer.allocated < offer.low  # less is of no use to its car
    if not (is_short or connector.raise_is_due(offer.target, plan.now)):
        offer.hold(Reason.RAISE_HELD)
        return False
    return True


def _carries_a_try(offer: Offer, free: Currents, plan: Plan) -> bool:
    """Return whether a start may be tried beside what others still hold."""
    headroom, own = plan.headroom, offer.connector.in_force
    return all(
        free[c] + CARRIED * headroom.limits[place_of(c)[0]] + EPSILON
        >= w * (offer.low - own)
        for c, w in offer.connector.draw.phases.tried_load
        if headroom.is_of_fuse(c)
    )


def _must_give_up(offer: Offer, plan: Plan, due: list[Offer]) -> bool:
    """Return whether a lower target is to be applied now.

    Always where a fuse or the charger's own ceiling asks for it, or its car does not;
    a fairer share alone is worth a command only when somebody is there to use it.
    """
    if offer.high < offer.allocated or not offer.competes:
        return True
    return bool(due or plan.headroom.overcommitted)


def _cut(offer: Offer, plan: Plan) -> bool:
    forced = plan.headroom.forced
    return offer.connector.allocate(offer.target, plan.now, forced=forced)


def _free(plan: Plan) -> Currents:
    """Return what nobody holds of each constraint, A, and is not reserved."""
    free = list(plan.total)
    for offer in plan.offers:
        connector = offer.connector
        if connector.reserve.aside:
            continue
        for (c, _), held in zip(
            connector.draw.phases.load, connector.holds(), strict=True
        ):
            free[c] -= held
        for c, weight in connector.spare_load:  # until its phases are seen
            free[c] -= weight * connector.in_force
        for c, reserved in connector.reserve.excess:
            free[c] += reserved
    return free
