"""The plan: who is to have what, by rank, before anything is allocated.

Chargers are served class by class. In a class first come the minimums, in the order of
rank, as far as they fit; then those who got theirs share what is left (`sharing`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from ..model import BalancerType, Ceiling, ChargerStatus, Reason
from .base_load import LOADS_KEPT
from .connector import Connector
from .constraint import EPSILON, Constraint, Currents, Load, fits, most, place_of, take
from .headroom import UNSURE, Headroom
from .metering import Metering
from .offer import Offer, make_offer
from .ride_through import is_ridden_through
from .sharing import Demand, Shared, share_out
from .tries import Tries

CUT_SPARE = 1.0
"""A by which more is cut than is needed, as far as nobody is paused for it."""
START_SPARE_ALONE = 1.0
"""A beyond its minimum that a car needs to start alone if it was paused by force lately."""
REOFFER_AFTER = 300.0
"""s between two new offers to a car that takes nothing."""
type Rank = tuple[int, float, float, str]
"""Its place (who charges, who waits, whose turn is over), and who is first there."""
_CHARGES, _WAITS, _IS_OVER = 0, 1, 2
_LAST = float("inf")
"""When a car came of which that is not known."""


class Plan:
    """One decision's share-out. `left` is what each constraint has left, A."""

    def __init__(
        self,
        connectors: Sequence[Connector],
        *,
        metering: Metering,
        headroom: Headroom,
        ceilings: Mapping[str, Ceiling],
        boosted: Collection[str],
        balancer_type: BalancerType,
        before: Iterable[Shared],
        now: float,
    ) -> None:
        """Share `headroom` among `connectors`; `before` is what the last plan shared out."""
        self.headroom = headroom
        self.left = list(headroom.allocatable)
        self.now = now
        self._metering = metering
        self._reserve(connectors)
        self.total = list(self.left)
        self.offers = [
            make_offer(connector, ceilings.get(connector.id), now)
            for connector in connectors
        ]
        self.served: list[Offer] = []
        self.shared: list[Shared] = []
        """What was shared out, class by class."""
        self._before = iter(before)
        self._charging = False
        self._kept_free: set[Constraint] = set()
        self._tries = Tries(self.offers, headroom, now)
        asking = [offer for offer in self.offers if offer.competes]
        for contenders in _classes(asking, boosted, balancer_type):
            self._share(contenders)
        self._cut_aside()
        for offer in self.offers:
            if offer.reason is Reason.NOT_WANTED:
                self._offer_what_is_left(offer)
                self.served.append(offer)
        for offer in self.offers:
            if offer.connector.switching.choices:
                offer.look_whether_to_switch(self.left, now)

    def unsure(self, connector: Connector) -> bool:
        """Return whether the meter that governs a connector cannot be relied on."""
        return self.headroom.trust[connector.branch.path[0]] in UNSURE

    def is_overcommitted(self, connector: Connector) -> bool:
        """Return whether more is committed of what a connector loads than there is."""
        overcommitted = self.headroom.overcommitted
        return bool(overcommitted) and any(
            constraint in overcommitted
            for constraint, _ in connector.draw.phases.full_load
        )

    def _reserve(self, connectors: Iterable[Connector]) -> None:
        """Take off what is drawn, or may be, by chargers that do not obey."""
        for connector in connectors:
            if connector.reserve.is_empty:
                continue
            for constraint, current in connector.reserve.whole:
                self.left[constraint] -= current

    def _share(self, contenders: list[Offer]) -> None:
        """Admit those whose minimums fit, and share among them what is left."""
        keep = self._all_fit_soon(contenders)
        rank = self._rank
        ranked = sorted(
            [(rank(offer, keep), offer) for offer in contenders], key=itemgetter(0)
        )
        self.served += [offer for _, offer in ranked]
        self._charging = False
        self._kept_free.clear()
        left = list(self.left)
        admitted = self._admitted(ranked)
        self._tries.keep_free(admitted, left, self.left)
        demands = [
            Demand(
                offer.low,
                offer.high,
                offer.connector.branch.charger.resolution,
                offer.connector.draw.phases.load,
                offer.allocated,
            )
            for offer in admitted
        ]
        spared = self._spared(left)
        shared = share_out(spared, demands, next(self._before, None))
        self.shared.append(shared)
        self.left = left
        for offer, demand, share in zip(admitted, demands, shared.shares, strict=True):
            offer.share(share)
            take(left, demand.load, share)

    def _admitted(self, ranked: Sequence[tuple[Rank, Offer]]) -> list[Offer]:
        """Return who has its minimum of those who stand in the order of their ranks.

        Starts are staggered, so turns are handed over one by one: as soon as one who
        waits has a place, those whose turns are over come before the others who wait.
        """
        charging = [offer for rank, offer in ranked if rank[0] == _CHARGES]
        if len(charging) == len(ranked) and self._all_fit(charging):
            return charging
        admitted = [offer for offer in charging if self._admit(offer)]
        if len(charging) == len(ranked):
            return admitted
        waiting = [offer for rank, offer in ranked if rank[0] == _WAITS]
        over = [offer for rank, offer in ranked if rank[0] == _IS_OVER]
        while waiting:
            if self._admit(offer := waiting.pop(0)):
                admitted.append(offer)
                break
        return admitted + [offer for offer in over + waiting if self._admit(offer)]

    def _all_fit(self, charging: Sequence[Offer]) -> bool:
        """Return whether the minimums of all fit together, so that each does in turn."""
        if any(offer.connector.draw.phases.is_presumed for offer in charging):
            return False
        return min(_beside_minimums(charging, self.left)) >= 0.0

    def _cut_aside(self) -> None:
        """Leave those who stand aside what fits if they do what they are commanded.

        The others make room as if they did not.
        """
        if not self.headroom.overcommitted:
            return
        for lost in (False, True):
            aside = [o for o in self.offers if self._is_to_be_cut(o, lost=lost)]
            if not aside:
                continue
            left, self.left = self.left, list(self.left)
            for offer in aside:
                for constraint, current in offer.connector.reserve.would_free:
                    self.left[constraint] += current
            self._share(aside)
            self.left = left

    def _is_to_be_cut(self, offer: Offer, *, lost: bool) -> bool:
        connector = offer.connector
        return (
            (connector.reserve.aside and connector.lost is lost)
            and not connector.is_awaited(self.now)
            and offer.target > 0
            and any(self.left[c] < -EPSILON for c, _ in connector.reserve.would_free)
        )

    def _spared(self, left: Currents) -> Currents:
        """Return what may be shared: of what is cut a little less than is left.

        The smallest cut would be the one that takes longest to land, and the next
        ampere of base load would make another one.
        """
        spared = list(left)
        for constraint in self.headroom.overcommitted:
            if self.headroom.is_of_fuse(constraint):
                spared[constraint] -= CUT_SPARE
        return spared

    def _all_fit_soon(self, contenders: Sequence[Offer]) -> bool:
        """Return whether all minimums fit as soon as the headroom has lasted.

        It is asked for by turns that are over; while none is, all keep theirs.
        """
        now = self.now
        ends = [o.connector.turn.ends_at() for o in contenders if o.allocated]
        if not ends or min(ends) > now:
            return True
        return min(_beside_minimums(contenders, self.headroom.now)) >= -EPSILON

    def _rank(self, offer: Offer, keep: bool) -> Rank:
        """Return a rank: who has a turn keeps it; then who waits, least served first.

        A turn that is over goes on while the meter is unsure or `keep` says that
        nobody will have to wait. Who is tried takes nobody's turn.
        """
        connector = offer.connector
        turn = connector.turn
        if not offer.allocated:
            return _WAITS, turn.energy, offer.low, connector.id
        if keep or self.unsure(connector) or turn.ends_at() > self.now:
            place = _CHARGES
        else:
            place = _IS_OVER
        is_tried = connector.draw.phases.is_tried
        return place, _LAST if is_tried else offer.low, turn.energy, connector.id

    def _admit(self, offer: Offer) -> bool:
        """Take a connector's minimum from what is left, or say why it has to pause."""
        phases, allocated = offer.connector.draw.phases, offer.allocated
        if phases.is_presumed:
            self._tries.doubt(offer, self.left)
        load, low = phases.load, offer.low
        if not (allocated and fits(self.left, load, low)):
            blocked = self._blocked(offer, load)
            if blocked is not None:
                offer.pause(blocked)
                offer.look_for_one_phase(self.left)
                return False
            load, low = phases.load, offer.low  # as it is to be tried
        take(self.left, load, low)
        if allocated > 0:
            self._charging = True
        return True

    def _blocked(self, offer: Offer, load: Load) -> Reason | None:
        """Return why a connector cannot have its minimum, if it cannot."""
        left, low = self.left, offer.low
        full = [c for c, weight in load if left[c] + EPSILON < weight * low]
        if not offer.allocated:
            return self._kept_from_start(offer, load, full)
        if not self._pressed(full, load, low) or self._rides_through(offer, full):
            return None
        return Reason.OVERLOAD if self.headroom.overcommitted else Reason.WAITING_TURN

    def _kept_from_start(
        self, offer: Offer, load: Load, full: Sequence[Constraint]
    ) -> Reason | None:
        """Return why a connector cannot start, if it cannot."""
        if full and self._tries.is_worth(offer, full, self.left):
            self._tries.begin(offer)
            load, full = offer.connector.draw.phases.load, ()
        if not full:
            if any(c in self._kept_free for c, _ in load):
                return Reason.WAITING_TURN
            return self._restless(offer, load)
        if fits(self.total, load, offer.low):
            # Who needs more than others would wait for ever if they went first.
            if offer.connector.turn.waited(self.now):
                self._kept_free.update(full)
            return Reason.WAITING_TURN
        if fits(self.headroom.now, load, offer.low):
            return Reason.RAISE_HELD
        return Reason.NO_ROOM

    def _pressed(self, full: Sequence[Constraint], load: Load, low: float) -> bool:
        """Return whether a minimum passes what a full constraint carries for sure.

        What is cut is cut to the meter's margin, but nobody is paused for a margin.
        """
        headroom, left = self.headroom, self.left
        for constraint, weight in load:
            if constraint not in full:
                continue
            margin = 0.0
            if constraint in headroom.overcommitted:
                margin = headroom.now[constraint] - headroom.allocatable[constraint]
            if left[constraint] + margin + EPSILON < weight * low:
                return True
        return False

    def _restless(self, offer: Offer, load: Load) -> Reason | None:
        """Return whether a start is to wait because it was paused by force lately.

        Then it needs headroom for longer, and more of it (much more beside others
        that charge): else it would soon be paused again. Where little more has been
        there for as long as the past is known, no more is asked for.
        """
        turn = offer.connector.turn
        little = offer.low + min(turn.headroom, START_SPARE_ALONE)
        much = offer.low + turn.headroom if self._charging else little
        has_lasted = self._has_lasted(load, much, turn.headroom_for) or (
            much > little and self._has_lasted(load, little, LOADS_KEPT)
        )
        return None if has_lasted else Reason.RAISE_HELD

    def _has_lasted(self, load: Load, current: float, wait: float) -> bool:
        """Return whether there has been headroom for `current` A for so many s."""
        return all(
            self.left[c] - self._restlessness(c, wait) + EPSILON >= weight * current
            for c, weight in load
        )

    def _restlessness(self, constraint: Constraint, wait: float) -> float:
        """Return by how much A the base load was higher in the longer wait."""
        (node, phase), now = place_of(constraint), self.now
        base_load = self._metering.base_loads[node]
        settled = base_load.settling_time(phase)
        if wait <= settled:
            return 0.0
        lately = base_load.highest(phase, now - settled)
        return base_load.highest(phase, now - wait) - lately

    def _rides_through(self, offer: Offer, full: Iterable[Constraint]) -> bool:
        """Return whether an overload may soon be gone, and too small or brief to pause for."""
        limits = self.headroom.limits
        return all(
            is_ridden_through(
                constraint,
                offer.low - self.left[constraint],
                limit=limits[place_of(constraint)[0]],
                at_minimum=offer.allocated <= offer.low,
                metering=self._metering,
                now=self.now,
            )
            for constraint in full
        )

    def _offer_what_is_left(self, offer: Offer) -> None:
        """Let a car that takes nothing keep an offer that nobody else wants."""
        connector = offer.connector
        load, allocated = connector.draw.phases.load, offer.allocated
        low = connector.branch.min_current
        full = connector.status is ChargerStatus.FULL
        if full and not allocated:
            return
        high = min(low, offer.high) if full else offer.high
        step = connector.branch.charger.resolution
        room = most(self.left, load)
        possible = min(high, int((room + EPSILON) // step) * step)
        if possible < low:
            return
        again = self.now - connector.changed_at >= REOFFER_AFTER
        target = possible if again else min(possible, allocated)
        offer.leave(target if target >= low else 0.0)
        take(self.left, load, offer.target)


def _beside_minimums(offers: Iterable[Offer], left: Currents) -> Currents:
    """Return what is `left` of each constraint beside the minimums of all, A."""
    left = list(left)
    for offer in offers:
        take(left, offer.connector.draw.phases.load, offer.low)
    return left


def _classes(
    offers: Iterable[Offer], boosted: Collection[str], balancer_type: BalancerType
) -> Iterable[list[Offer]]:
    """Return those who are served together, one class after the other."""
    if not boosted and balancer_type is BalancerType.FAIR_SHARE:
        by_priority: dict[int, list[Offer]] = {}
        for offer in offers:
            priority = offer.connector.branch.charger.priority
            by_priority.setdefault(priority, []).append(offer)
        return [by_priority[priority] for priority in sorted(by_priority)]
    classes: dict[tuple[bool, tuple[float, str]], list[Offer]] = {}
    for offer in offers:
        connector = offer.connector
        key = connector.id not in boosted, class_of(connector, balancer_type)
        classes.setdefault(key, []).append(offer)
    return [classes[key] for key in sorted(classes)]


def class_of(connector: Connector, balancer_type: BalancerType) -> tuple[float, str]:
    """Return what is equal for those who are served together, and lower for the first."""
    if balancer_type is BalancerType.PRIORITY_ORDER:
        return float(connector.branch.charger.priority), connector.id
    if balancer_type is BalancerType.FIRST_COME:
        plugged_in_at = connector.turn.plugged_in_at
        return _LAST if plugged_in_at is None else plugged_in_at, connector.id
    return float(connector.branch.charger.priority), ""
