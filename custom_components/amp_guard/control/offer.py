"""The offer: what one charger may have and competes for, and what comes of it."""

from dataclasses import dataclass, field

from ..model import Ceiling, ChargerStatus, Phase, Reason
from .connector import Connector
from .constraint import EPSILON, Currents, fits
from .phase_switching import Room


@dataclass
class Offer:
    """What one connector is to have, A, and why not more.

    It is `allocated` so much now, may have `low` to `high`, and is to have `target`. `competes` says whether it has
    a share in what there is; `look_again` when what holds it is over, s. Where its minimum
    does not fit on the phases that it uses, `one_phase` is one on which it would.
    """

    connector: Connector
    allocated: float
    low: float
    high: float
    target: float = field(default=0.0, init=False)
    reason: Reason = field(default=Reason.FULL_CURRENT, init=False)
    look_again: float | None = field(default=None, init=False)
    competes: bool = field(default=False, init=False)
    minimum_fits: bool = field(default=True, init=False)
    one_phase: Phase | None = field(default=None, init=False)

    def hold(self, reason: Reason, until: float | None = None) -> None:
        """Say what keeps it from more, and until when if that is known."""
        self.reason = reason
        self.look_again = until

    def pause(self, reason: Reason) -> None:
        """Leave it nothing."""
        self.target = 0.0
        self.reason = reason

    def look_for_one_phase(self, left: Currents) -> None:
        """Note whether it would fit on one phase: paused, it fits on its own not even soon.

        `left` is what each constraint has left, A.
        """
        connector = self.connector
        if self.reason is Reason.RAISE_HELD:
            return
        self.minimum_fits = fits(left, connector.draw.phases.load, self.low)
        if connector.draw.reports or connector.branch.seen_by:  # else it is never known
            self.one_phase = connector.switching.best_choice(left, self.low)

    def look_whether_to_switch(self, left: Currents, now: float) -> None:
        """Let its charger be set to other phases, where its car has no room on these."""
        switching = self.connector.switching
        if self.competes and self.minimum_fits and switching.uses_all:
            switching.note_fit()
        else:
            switching.look(self._room(left), now)

    def _room(self, left: Currents) -> Room | None:
        """Return what its car has room for, where that asks for any."""
        if not self.competes:
            return None
        return Room(
            low=self.low,
            high=self.high,
            target=self.target,
            left=left,
            minimum_fits=self.minimum_fits,
            one=self.one_phase,
        )

    def share(self, current: float) -> None:
        """Let it have its share."""
        self.target = current
        if current < self.high:
            self.reason = Reason.SHARED

    def leave(self, current: float) -> None:
        """Let it have what nobody else wants, for the reason that it has."""
        self.target = current


def make_offer(connector: Connector, ceiling: Ceiling | None, now: float) -> Offer:
    """Return what a connector may have, below its `ceiling`, and if it competes for it."""
    branch, reclaim = connector.branch, connector.reclaim
    low = branch.min_current
    low = max(low, reclaim.needs)
    offer = Offer(connector, connector.allocated, low, branch.max_current)
    full = connector.status is ChargerStatus.FULL
    if connector.reserve.aside:
        _limit(offer, None, ceiling)
        _stand_aside(offer)
    elif not (connector.wants or full):
        offer.hold(Reason.NOT_CONNECTED)
    elif connector.switching.holds:
        offer.hold(Reason.PHASE_SWITCH)
    elif full or reclaim.idle:
        _limit(offer, None, ceiling)
        offer.hold(Reason.NOT_WANTED)
    else:
        if (
            ceiling is not None
            or reclaim.cap is not None
            or connector.tested_at is not None
            or connector.reading.user_limit is not None
        ):
            _limit(offer, reclaim.cap, ceiling)
        if offer.high >= branch.min_current - EPSILON:
            if connector.draw.phases.is_presumed:
                offer.hold(Reason.RAISE_HELD)  # until its phases are known
                offer.high = min(offer.high, max(offer.allocated, offer.low))
            if offer.high < low:
                offer.low = offer.high
            if connector.following.excess_since is not None or connector.reserve.excess:
                _heed_disobedience(offer)
            _let_compete(offer, now)
    return offer


def _limit(offer: Offer, cap: float | None, ceiling: Ceiling | None) -> None:
    """Apply what limits it alone, in whole steps."""
    connector = offer.connector
    if cap is not None and cap < offer.high:
        offer.high, offer.reason = cap, Reason.RECLAIMED
    if (tested_at := connector.tested_at) is not None and tested_at < offer.high:
        offer.high, offer.reason = tested_at, Reason.METER_STALE
    if (limit := connector.reading.user_limit) is not None and limit < offer.high:
        offer.high, offer.reason = limit, Reason.USER_LIMIT
    if ceiling is not None and ceiling.current < offer.high:
        offer.high, offer.reason = ceiling.current, ceiling.reason
    step = connector.branch.charger.resolution
    offer.high = int((offer.high + EPSILON) // step) * step


def _stand_aside(offer: Offer) -> None:
    """Let it keep what it has: an order that stands may arrive at any time.

    It is never more than what is reserved for it.
    """
    connector, branch = offer.connector, offer.connector.branch
    most = min(
        offer.high, connector.allocated, branch.in_range(connector.reserve.may_hold)
    )
    offer.high = offer.target = most if most >= branch.min_current else 0.0
    offer.low = branch.min_current
    offer.hold(Reason.CHARGER_LOST if connector.lost else Reason.NOT_FOLLOWING)


def _heed_disobedience(offer: Offer) -> None:
    """Let who draws more than it was allocated have no more than that.

    One that was paused in vain may start, at its minimum.
    """
    connector = offer.connector
    allocated = connector.allocated
    if connector.reserve.excess:
        offer.hold(Reason.NOT_FOLLOWING)
        offer.high = offer.low
    elif connector.following.excess_since is not None and 0 < allocated < offer.high:
        offer.hold(Reason.RAISE_HELD)
        offer.high = max(offer.low, allocated)


def _let_compete(offer: Offer, now: float) -> None:
    """Let it compete, unless it has to pause first, or for longer."""
    connector = offer.connector
    allocated = connector.allocated
    if 0 < allocated < connector.branch.min_current:
        offer.hold(Reason.NO_ROOM)  # its minimum was raised: it starts anew
    elif not allocated and (earliest := connector.turn.may_start_at(now)) > now:
        offer.hold(connector.turn.why_not(now), earliest)
    else:
        offer.target = offer.high
        offer.competes = True
