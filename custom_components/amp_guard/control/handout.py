"""Handing out: cuts at once and in full, raises slowly and only from what is free."""

from ..model import Reason
from .connector import LEAST_CHANGE, Connector
from .plan import Offer, Plan
from .sharing import EPSILON
from .turns import STAGGER


class HandOut:
    """Turns plans into grants; remembers the last start below each node."""

    def __init__(self) -> None:
        """Start with no start seen."""
        self._last_start: dict[int, float] = {}

    def hand_out(self, plan: Plan) -> set[str]:
        """Grant what can be granted now; return the ids of who must be told."""
        now = plan.now
        rising = [offer for offer in plan.served if offer.target > offer.given]
        due = [offer for offer in rising if self._is_due(offer, plan)]
        changed = {
            offer.connector.id
            for offer in plan.offers
            if _must_give_up(offer, plan, due)
            and offer.connector.give(offer.target, now, forced=bool(plan.rooms.over))
        }
        if due:
            free = _free(plan)
            for offer in due:
                if self._raise(offer, free, now):
                    changed.add(offer.connector.id)
                    plan.note_raise(offer.connector)
        told = changed | {
            offer.connector.id
            for offer in plan.offers
            if offer.connector.must_be_told(now)
        }
        for offer in plan.offers:
            if offer.connector.id in told:
                offer.connector.sent_at = now
        return told

    def _is_due(self, offer: Offer, plan: Plan) -> bool:
        """Return whether a raise may go out now; else say on the offer why not."""
        connector = offer.connector
        if plan.unsure(connector):
            offer.reason = Reason.METER_STALE
            return False
        if offer.given:
            if connector.raise_is_due(offer.target, plan.now):
                return True
            offer.reason = Reason.RAISE_HELD
            return False
        return True

    def _raise(self, offer: Offer, free: list[float], now: float) -> bool:
        """Give as much of the target as is free; return whether that is anything."""
        connector = offer.connector
        given = offer.given
        if not given and (wait := self._staggered_until(connector)) > now:
            offer.reason, offer.look_again = Reason.STAGGERED, wait
            return False
        occupied = _occupied(connector)
        step = connector.branch.charger.resolution
        room = min(
            (free[c] + held) / weight
            for (c, weight), held in zip(connector.draw.load, occupied, strict=True)
        )
        current = min(offer.target, int((room + EPSILON) // step) * step)
        if current < (given + LEAST_CHANGE if given else offer.low):
            offer.reason = Reason.RELEASE_PENDING
            return False
        for (c, weight), held in zip(connector.draw.load, occupied, strict=True):
            free[c] -= max(0.0, weight * current - held)
        if not given:
            for node in connector.branch.path:
                self._last_start[node] = now
        return connector.give(current, now, forced=False)

    def _staggered_until(self, connector: Connector) -> float:
        starts = self._last_start
        return STAGGER + max(
            starts.get(node, float("-inf")) for node in connector.branch.path
        )


def _must_give_up(offer: Offer, plan: Plan, due: list[Offer]) -> bool:
    """Return whether a lower target is to be applied now.

    Always where a fuse or the charger's own ceiling asks for it, or its car does not;
    a fairer share alone is worth a command only when somebody is there to use it.
    """
    if offer.connector.lost or offer.target >= offer.given:
        return False
    if offer.high < offer.given or not offer.competes:
        return True
    return bool(due or plan.rooms.over)


def _occupied(connector: Connector) -> list[float]:
    """Return what a connector holds of each constraint it loads, A.

    What it was given, or what it still draws: a cut frees nothing until it is seen.
    """
    given, estimate = connector.given, connector.draw.estimate
    return [max(weight * given, estimate[c % 3]) for c, weight in connector.draw.load]


def _free(plan: Plan) -> list[float]:
    """Return what nobody holds of each constraint, A."""
    free = list(plan.total)
    for offer in plan.offers:
        connector = offer.connector
        if connector.lost:
            continue
        held = _occupied(connector)
        for (c, _), current in zip(connector.draw.load, held, strict=True):
            free[c] -= current
    return free
