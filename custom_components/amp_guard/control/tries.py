"""A start that is tried: on a car's first phase, where its minimum fits on no other.

Many cars use one phase of three, and which is known only when they charge. So one that
fits on its first phase, and would pass the limit of the others by no more than any fuse
carries if it used them, is started at its minimum. Until its phases are known, what it
may use of the others is kept free for it, as far as nobody is paused for that. Where that
was too little, it is the first to be paused.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from .constraint import EPSILON, Constraint, Currents, add, fits, place_of
from .headroom import Headroom
from .offer import Offer
from .ride_through import CARRIED

BESIDE_AFTER = 300.0
"""s that a car must have waited before others are cut for a try: by then there may be room
for it anyway, and who is but read anew takes nothing from anybody."""
START_SEEN = 1.0
"""A that a car draws at least that has started."""


class Tries:
    """The tries of one decision, beside the least that all others need."""

    def __init__(self, offers: Sequence[Offer], headroom: Headroom, now: float) -> None:
        """Look at all `offers`, and at what the chargers may have together, at `now` (s)."""
        self._now = now
        self._offers = offers
        self._headroom = headroom

    @cached_property
    def _needed(self) -> Currents:
        """What is reserved and the minimums of who has one, with what a try may use."""
        needed = [0.0] * len(self._headroom.now)
        for offer in self._offers:
            connector = offer.connector
            for constraint, current in connector.reserve.whole:
                needed[constraint] += current
            if offer.allocated and offer.competes:
                phases = connector.draw.phases
                add(needed, phases.load, offer.low)
                add(needed, phases.tried_load, offer.low)
        return needed

    def is_worth(
        self, offer: Offer, full: Collection[Constraint], left: Currents
    ) -> bool:
        """Return whether a car may start that would only not fit if it used all phases.

        `full` are the constraints without room for it in what is `left`, A. If it uses
        them, that is seen and taken back within what any fuse carries meanwhile.
        """
        connector = offer.connector
        phases, first = connector.draw.phases, connector.branch.charger.wiring[0]
        is_seen = connector.draw.reports or connector.branch.seen_by
        is_one = connector.switching.one is not None
        if is_one or not (is_seen and phases.may_presume):
            return False
        if self._now < phases.may_try_at:
            return False
        if (
            fits(self._headroom.now, phases.full_load, offer.low)
            and connector.turn.waits_for(self._now) < BESIDE_AFTER
        ):
            return False
        sustained, needed = self._headroom.sustained, self._needed
        for constraint, _ in phases.full_load:
            if not self._headroom.is_of_fuse(constraint):
                continue  # too much power for some seconds harms nobody
            node, phase = place_of(constraint)
            if phase is first:
                if constraint in full:
                    return False
                continue
            room = min(left[constraint], sustained[constraint] - needed[constraint])
            if room + self._carried(node) < offer.low - EPSILON:
                return False
        return True

    def begin(self, offer: Offer) -> None:
        """Try the start at the minimum."""
        phases = offer.connector.draw.phases
        phases.try_first()
        add(self._needed, phases.full_load, offer.low)
        offer.high = offer.low

    def doubt(self, offer: Offer, left: Currents) -> None:
        """Take a car to use all its phases where that would matter, and may be so.

        One that charges shows what it uses, unless a phase that it may use is over, and
        one that is set to one phase says so; of another that is yet to start nothing is
        seen.
        """
        draw, is_one = offer.connector.draw, offer.connector.switching.one is not None
        phases, now = draw.phases, self._headroom.now
        drawn = draw.reported if draw.reports else draw.current
        has_started = is_one or drawn >= START_SEEN
        if phases.is_tried:
            is_used = self._is_in_the_way(offer, has_started=has_started)
        elif has_started:
            is_used = any(now[constraint] < -EPSILON for constraint in phases.spare)
        else:
            is_used = fits(now, phases.full_load, offer.low) or not self.is_worth(
                offer, phases.spare, left
            )
        if is_used:
            over = [
                constraint
                for constraint, weight in phases.spare_load
                if now[constraint] + EPSILON < weight * offer.allocated
            ]
            self._headroom.overcommitted.extend(over)
            if phases.is_tried:
                phases.take_back(self._now)
            else:
                phases.use_all()

    def _is_in_the_way(self, offer: Offer, *, has_started: bool) -> bool:
        """Return whether others would be paused for what a tried car may use."""
        headroom, needed = self._headroom, self._needed
        for constraint, weight in offer.connector.draw.phases.tried_load:
            if not headroom.is_of_fuse(constraint):
                continue
            spare = weight * offer.low
            carried = spare if has_started else self._carried(place_of(constraint)[0])
            if headroom.now[constraint] + carried < needed[constraint] - EPSILON:
                return True
        return False

    def keep_free(
        self, offers: Iterable[Offer], left: Currents, spare: Currents
    ) -> None:
        """Take from what is `left` to share what who is tried may use beside, A.

        It is no more than what is `spare`: left beside all minimums.
        """
        for offer in offers:
            for constraint, weight in offer.connector.draw.phases.tried_load:
                if self._headroom.is_of_fuse(constraint):
                    kept = min(weight * offer.low, max(0.0, spare[constraint]))
                    left[constraint] -= kept
                    spare[constraint] -= kept

    def _carried(self, node: int) -> float:
        return CARRIED * self._headroom.limits[node]
