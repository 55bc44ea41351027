"""The plan: who is to have what, by rank, before anything is handed out.

Chargers are served class by class. In a class first come the minimums, in the order of
rank, as far as they fit; then those who got theirs share what is left (`sharing`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..model import BalancerType, ChargerStatus, Reason
from .connector import Connector
from .house import RAISE_AFTER
from .metering import Metering
from .rooms import UNSURE, Rooms
from .sharing import EPSILON, Claim, fill, in_whole_steps
from .tree import Load

QUICK = 1.25
"""s between the samples of a meter that soon tells whether a peak was but a motor's
start: then a running car is paused by the second sample, not by the first."""
CARRIED = 0.13
"""Part of a limit by which it may be passed meanwhile: no breaker trips and no fuse
melts at that in an hour [IEC 60898-1, IEC 60269-1]."""
FASTEST_LAG = 5.0
"""s that a cut takes to land: the fuse must bear the peak for that long."""
CUT_SPARE = 1.0
"""A by which more is cut than is needed, as far as nobody is paused for it."""
SPARE_ALONE = 1.0
"""A beyond its minimum that a car needs to start alone if it was paused by force lately."""
REOFFER = 300.0
"""s between two new offers to a car that takes nothing."""
INFINITE = float("inf")


@dataclass(slots=True)
class Offer:
    """What one connector is to have, A, and why not more."""

    connector: Connector
    low: float
    high: float
    target: float
    reason: Reason
    look_again: float | None = None
    competes: bool = False

    @property
    def given(self) -> float:
        """Return what it has now, A."""
        return self.connector.given


class Plan:
    """One decision's share-out. `left` is what each constraint has left, A."""

    def __init__(
        self,
        connectors: Sequence[Connector],
        *,
        metering: Metering,
        rooms: Rooms,
        ceilings: Mapping[str, float],
        boosted: Collection[str],
        balancer_type: BalancerType,
        now: float,
    ) -> None:
        """Share `rooms` among `connectors`."""
        self.rooms = rooms
        self.left = list(rooms.room)
        self.now = now
        self._metering = metering
        self._reserve(connectors)
        self.total = list(self.left)
        self.offers = [self._offer(connector, ceilings) for connector in connectors]
        self.served: list[Offer] = []
        self._charging = False
        self._kept_free: set[int] = set()
        asking = [offer for offer in self.offers if offer.competes]
        for contenders in _classes(asking, boosted, balancer_type):
            self._share(contenders)
        for offer in self.offers:
            if offer.reason is Reason.NOT_WANTED:
                self._offer_what_is_left(offer)
                self.served.append(offer)

    def unsure(self, connector: Connector) -> bool:
        """Return whether the meter that governs a connector cannot be relied on."""
        return self.rooms.trust[connector.branch.path[0]] in UNSURE

    def note_raise(self, connector: Connector) -> None:
        """Tell the nodes above a connector that it was given more."""
        for node in connector.branch.path:
            self._metering.houses[node].raised(self.now)

    def _reserve(self, connectors: Iterable[Connector]) -> None:
        """Take off what is drawn, or may be, by chargers that do not obey."""
        for connector in connectors:
            reserved = connector.reserved(self.now)
            if reserved:
                for constraint, current in reserved:
                    self.left[constraint] -= current

    def _offer(self, connector: Connector, ceilings: Mapping[str, float]) -> Offer:
        """Return what a connector asks for, and whether it competes for it."""
        branch, given = connector.branch, connector.given
        low, high = max(branch.min_current, connector.reclaim.needs), branch.max_current
        offer = Offer(connector, low, high, 0.0, Reason.FULL_CURRENT)
        if connector.lost:
            offer.target, offer.reason = given, Reason.CHARGER_LOST
            offer.high = 0.0
            return offer
        full = connector.status is ChargerStatus.FULL
        if not connector.wants and not full:
            offer.reason = Reason.NOT_CONNECTED
            return offer
        not_wanted = full or connector.reclaim.idle
        for limit, reason in (
            (None if not_wanted else connector.reclaim.cap, Reason.RECLAIMED),
            (connector.reading.user_limit, Reason.USER_LIMIT),
            (ceilings.get(connector.id), Reason.CEILING),
        ):
            if limit is not None and limit < offer.high:
                offer.high, offer.reason = limit, reason
        step = branch.charger.resolution
        offer.high = int((offer.high + EPSILON) // step) * step
        if not_wanted:
            offer.reason = Reason.NOT_WANTED
            return offer
        if offer.high < branch.min_current - EPSILON:
            return offer
        offer.low = min(low, offer.high)
        if connector.ignores_for(2, self.now):
            offer.reason = Reason.NOT_FOLLOWING
            offer.high = max(offer.low, min(offer.high, given))
        elif connector.excess_since is not None and 0 < given < offer.high:
            # Who draws more than it was given is not given more.
            offer.reason = Reason.RAISE_HELD
            offer.high = max(offer.low, given)
        if 0 < given < branch.min_current:
            offer.reason = Reason.NO_ROOM  # its minimum was raised: it starts anew
            return offer
        if not given and (earliest := connector.turn.may_start_at(self.now)) > self.now:
            offer.reason = connector.turn.why_not(self.now)
            offer.look_again = earliest
            return offer
        offer.target = offer.high
        offer.competes = True
        return offer

    def _share(self, contenders: list[Offer]) -> None:
        keep = self._all_fit_soon(contenders)
        contenders.sort(key=lambda offer: self._rank(offer, keep=keep))
        self.served.extend(contenders)
        self._charging = False
        self._kept_free.clear()
        left = list(self.left)
        admitted = [offer for offer in contenders if self._admit(offer)]
        claims = [
            Claim(
                low=offer.low,
                high=offer.high,
                step=offer.connector.branch.charger.resolution,
                load=offer.connector.draw.load,
                given=offer.given,
            )
            for offer in admitted
        ]
        rooms = self._spared(left)
        shares = in_whole_steps(rooms, claims, fill(rooms, claims))
        self.left = left
        for offer, share in zip(admitted, shares, strict=True):
            offer.target = share
            if share < offer.high:
                offer.reason = Reason.SHARED
            _take(left, offer.connector.draw.load, share)

    def _spared(self, left: Sequence[float]) -> list[float]:
        """Return what may be shared: of what is cut a little less than is left.

        The smallest cut would be the one that takes longest to land, and the next
        ampere of the house would make another one.
        """
        rooms = list(left)
        for constraint in self.rooms.over:
            rooms[constraint] -= CUT_SPARE
        return rooms

    def _all_fit_soon(self, contenders: Sequence[Offer]) -> bool:
        """Return whether all minimums fit as soon as the headroom has lasted.

        It is asked for by turns that are over; while none is, it does not matter.
        """
        now = self.now
        if all(not c.given or c.connector.turn.ends_at() > now for c in contenders):
            return False
        hard = list(self.rooms.hard)
        for offer in contenders:
            _take(hard, offer.connector.draw.load, offer.low)
        return min(hard) >= -EPSILON

    def _rank(self, offer: Offer, *, keep: bool) -> tuple[int, float, float, str]:
        """Who has a turn keeps it; then who waits, the least served first.

        A turn that is over goes on while the meter is unsure or `keep` says that
        nobody will have to wait.
        """
        connector = offer.connector
        turn = connector.turn
        if not offer.given:
            return 1, turn.energy, offer.low, connector.id
        if keep or self.unsure(connector) or turn.ends_at() > self.now:
            place = 0
        else:
            place = 2
        return place, offer.low, turn.energy, connector.id

    def _admit(self, offer: Offer) -> bool:
        """Reserve a connector's minimum, or say why it has to be paused."""
        connector = offer.connector
        load = connector.draw.load
        blocked = self._blocked(offer, load)
        if blocked is None:
            _take(self.left, load, offer.low)
            self._charging = self._charging or offer.given > 0
            return True
        offer.target = 0.0
        offer.reason = blocked
        return False

    def _blocked(self, offer: Offer, load: Load) -> Reason | None:
        left, low = self.left, offer.low
        full = [c for c, weight in load if left[c] + EPSILON < weight * low]
        if offer.given:
            if not self._pressed(full, load, low) or self._rides_through(offer, full):
                return None
            return Reason.OVERLOAD if self.rooms.over else Reason.WAITING_TURN
        if not full:
            if any(c in self._kept_free for c, _ in load):
                return Reason.WAITING_TURN
            return self._restless(offer, load)
        hard, total = self.rooms.hard, self.total
        if all(total[c] + EPSILON >= weight * low for c, weight in load):
            # Who needs more than others would wait for ever if they went first.
            if offer.connector.turn.waited(self.now):
                self._kept_free.update(full)
            return Reason.WAITING_TURN
        if all(hard[c] + EPSILON >= weight * low for c, weight in load):
            return Reason.RAISE_HELD
        return Reason.NO_ROOM

    def _pressed(self, full: Sequence[int], load: Load, low: float) -> bool:
        """Return whether a minimum passes what a full constraint carries for sure.

        What is cut is cut to the meter's margin, but nobody is paused for a margin.
        """
        rooms, left = self.rooms, self.left
        for constraint, weight in load:
            if constraint not in full:
                continue
            margin = 0.0
            if constraint in rooms.over:
                margin = rooms.hard[constraint] - rooms.room[constraint]
            if left[constraint] + margin + EPSILON < weight * low:
                return True
        return False

    def _restless(self, offer: Offer, load: Load) -> Reason | None:
        """Return whether a start is to wait because it was paused by force lately.

        Then it needs headroom for longer, and more of it (much more beside others
        that charge): else it would soon be paused again.
        """
        turn = offer.connector.turn
        wait = turn.headroom_for
        spare = turn.headroom if self._charging else min(turn.headroom, SPARE_ALONE)
        low = offer.low + spare
        left = self.left
        fits = all(
            left[c] - self._restlessness(c, wait) + EPSILON >= weight * low
            for c, weight in load
        )
        return None if fits else Reason.RAISE_HELD

    def _restlessness(self, constraint: int, wait: float) -> float:
        """Return by how much A the house was higher in the longer wait."""
        if wait <= RAISE_AFTER:
            return 0.0
        node, phase = divmod(constraint, 3)
        house = self._metering.houses[node]
        return house.peak(phase, self.now - wait) - house.peak(
            phase, self.now - RAISE_AFTER
        )

    def _rides_through(self, offer: Offer, full: Sequence[int]) -> bool:
        """Return whether an overload is too young, and too small or brief, to pause for.

        A small one is ridden only by a car that has nothing left to cut: any other is
        on its way down, and pausing it at once makes that the faster.
        """
        metering, rooms = self._metering, self.rooms
        cut_already = offer.given <= offer.low
        for constraint in full:
            node, phase = divmod(constraint, 3)
            meter, since = metering.meters[node], metering.over_since[node]
            if meter is None or since is None or since != meter.last_time:
                return False
            if meter.interval > QUICK or self.now - since > QUICK:
                return False
            beyond = offer.low - self.left[constraint]
            small = cut_already and beyond <= CARRIED * rooms.limits[node]
            if not small and not metering.houses[node].peaks[phase].brief:
                return False
            if not metering.heats[node].can_wait(FASTEST_LAG):
                return False
        return True

    def _offer_what_is_left(self, offer: Offer) -> None:
        """Let a car that takes nothing keep an offer that nobody else wants."""
        connector = offer.connector
        load, given = connector.draw.load, offer.given
        low = connector.branch.min_current
        full = connector.status is ChargerStatus.FULL
        if full and not given:
            return
        high = min(low, offer.high) if full else offer.high
        step = connector.branch.charger.resolution
        room = min(self.left[c] / weight for c, weight in load)
        possible = min(high, int((room + EPSILON) // step) * step)
        if possible < low:
            return
        again = self.now - connector.changed_at >= REOFFER
        offer.target = possible if again else min(possible, given)
        if offer.target < low:
            offer.target = 0.0
        _take(self.left, load, offer.target)


def _classes(
    offers: Iterable[Offer], boosted: Collection[str], balancer_type: BalancerType
) -> Iterable[list[Offer]]:
    """Return those who are served together, one class after the other."""

    def key(offer: Offer) -> tuple[bool, float, str]:
        connector = offer.connector
        waits = connector.id not in boosted
        priority = float(connector.branch.charger.priority)
        if balancer_type is BalancerType.PRIORITY_ORDER:
            return waits, priority, connector.id
        if balancer_type is BalancerType.FIRST_COME:
            plugged_in_at = connector.turn.plugged_in_at
            came = INFINITE if plugged_in_at is None else plugged_in_at
            return waits, came, connector.id
        return waits, priority, ""

    return [list(group) for _, group in groupby(sorted(offers, key=key), key=key)]


def _take(left: list[float], load: Load, current: float) -> None:
    for constraint, weight in load:
        left[constraint] -= weight * current
