"""One charger as the balancer remembers it: what it was told and what became of it."""

from dataclasses import replace
from math import isfinite

from ..model import ChargerReading, ChargerStatus, EarthingSystem
from .draw import ABSURD, CHARGED, Bounds, Draw
from .reclaim import Reclaim
from .tree import Branch, Load
from .turns import Turn

FOLLOW_TOLERANCE = 1.0
"""A above its grant that a charger may draw and still counts as following."""
TELL_AGAIN = 5.0
"""s after which a charger that does not follow is told again (or its lag)."""
READ_BACK_TOLERANCE = 0.5
"""A between the limit that was set and the one read back."""
LEAST_CHANGE = 1.0
"""A: a smaller raise waits."""
RAISE_WORTH = 120.0
"""A·s: a small raise waits longer, so that it is worth its command."""
VALID_FOR = 420.0
"""s after which an expiring grant falls back to the offline limit by itself."""

NEVER = float("-inf")
UNREAD = ChargerReading(status=ChargerStatus.LOST)


def _sensible(reading: ChargerReading) -> ChargerReading:
    """Return the reading; what is no possible current or time in it counts as unsaid."""
    limit, user_limit, time = reading.limit, reading.user_limit, reading.current_time
    socket = reading.socket_current
    if (
        (limit is None or 0 <= limit < ABSURD)
        and (user_limit is None or 0 <= user_limit < ABSURD)
        and (socket is None or 0 <= socket < ABSURD)
        and (time is None or isfinite(time))
    ):
        return reading
    return replace(
        reading,
        limit=limit if limit is not None and 0 <= limit < ABSURD else None,
        user_limit=(
            max(0.0, user_limit)
            if user_limit is not None and user_limit < ABSURD
            else None
        ),
        current_time=time if time is not None and isfinite(time) else None,
        socket_current=socket if socket is not None and 0 <= socket < ABSURD else None,
    )


class Connector:
    """The memory of one charger. Currents in A per phase, times in s."""

    def __init__(
        self, branch: Branch, earthing_system: EarthingSystem, turn: float
    ) -> None:
        """Know nothing yet."""
        self.id = branch.charger.id
        self.branch = branch
        self.draw = Draw(branch, earthing_system)
        self.turn = Turn(turn=turn)
        self.reclaim = Reclaim()
        self.reading = UNREAD
        self.status = ChargerStatus.LOST
        self.lost = True
        """Whether it cannot be reached."""
        self.wants = False
        """Whether a car asks for current."""
        self.given = 0.0
        self.cut = False
        """Whether it has what it has because of an overload."""
        self.told = False
        self.changed_at = NEVER
        self.sent_at = NEVER
        self.excess_since: float | None = None
        self.raise_since: float | None = None

    def go_on_as(self, branch: Branch, turn: float) -> Connector:
        """Return itself in a site of which figures were changed."""
        self.branch = branch
        self.draw.branch = branch
        self.turn.turn = turn
        return self

    def hear(self, reading: ChargerReading, offset: float, now: float) -> None:
        """Take its newest reading; `offset` is added to its times."""
        before, self.status = self.status, reading.status
        self.reading = reading = _sensible(reading)
        self.lost = self.status is ChargerStatus.LOST
        self.wants = self.status in CHARGED
        if self.lost:
            return
        plugged_in = self.status is not ChargerStatus.DISCONNECTED
        if plugged_in and before is ChargerStatus.DISCONNECTED:
            self.turn.plug_in(now)
            self.reclaim.plug_in()
            self.cut = False
        self.draw.hear(reading, offset, now)
        if not self.told:
            self._take_over(now)

    @property
    def may_draw(self) -> float:
        """What its car may draw by its own word, A; its maximum where it says nothing."""
        if self.status is not ChargerStatus.CHARGING:
            return 0.0
        limit = self.reading.limit
        return self.branch.max_current if limit is None else limit

    def _take_over(self, now: float) -> None:
        """After a start: it draws what it was last allowed, as far as is known."""
        limit = self.reading.limit
        self.given = self.branch.in_range(self.may_draw if limit is None else limit)
        self.told = True
        self.changed_at = now
        self.draw.assume(self.may_draw)
        if self.turn.plugged_in_at is None:
            self.turn.plug_in(now)
        if self.given and self.wants:
            self.turn.start(now)

    def watch(self, now: float) -> None:
        """Compare what it draws with what it was given."""
        self.turn.draw(sum(self.draw.estimate), now)
        if self._obeys():
            self.excess_since = None
        elif self.excess_since is None:
            self.excess_since = now
        if self.wants and self.draw.reports:
            self.reclaim.see(
                self.draw.reported,
                self.given,
                least=self.branch.min_current,
                step=self.branch.charger.resolution,
                now=now,
            )

    def _obeys(self) -> bool:
        draw = self.draw
        if draw.reports:
            return draw.reported <= self.given + FOLLOW_TOLERANCE
        if not self.given:
            return self.status is not ChargerStatus.CHARGING
        return draw.current <= self.given + FOLLOW_TOLERANCE

    @property
    def patience(self) -> float:
        """Return the s that it is given to be seen to follow."""
        follows = max(TELL_AGAIN, self.branch.charger.command_lag)
        return follows + max(0.0, self.draw.lateness.seconds)

    def ignores_for(self, times: float, now: float) -> bool:
        """Return whether it ignores its limit for so many times its time to follow."""
        if self.excess_since is None:
            return False
        return now - self.excess_since >= times * self.patience

    def draw_bounds(self, time: float, now: float) -> Bounds:
        """Return what it drew at `time` at least, most likely and at most, by phase.

        One that cannot be reached is never taken to draw more than is reserved for it:
        else others would be given what it may still take.
        """
        if not self.lost:
            return self.draw.bounds(
                time, self.given, self.status, now - self.changed_at
            )
        reserved = [0.0, 0.0, 0.0]
        for constraint, current in self._may_draw_unseen(now):
            reserved[constraint % 3] = current
        drawn = [min(a, b) for a, b in zip(self.draw.estimate, reserved, strict=True)]
        return drawn, drawn, drawn

    def reserved(self, now: float) -> Load:
        """Return the constraints that are not to be shared out, each with its A.

        For a charger that cannot be reached all that it may still draw; for one that
        ignores its limit what it draws beyond it; for its outlet what that does not
        draw yet.
        """
        if self.lost:
            return self._may_draw_unseen(now) + self._socket(0.0)
        socket = self._socket(self.reading.socket_current or 0.0)
        if not self.ignores_for(2, now):
            return socket
        excess = self.draw.current - self.given
        return socket + tuple((c, weight * excess) for c, weight in self.draw.load)

    def _socket(self, drawn: float) -> Load:
        """Return what is kept free for its outlet, of which `drawn` A is taken."""
        charger = self.branch.charger
        if not charger.socket_current:
            return ()
        free = max(0.0, charger.socket_current - drawn)
        first = charger.wiring[0]
        return tuple((3 * node + first, free) for node in self.branch.path)

    def _may_draw_unseen(self, now: float) -> Load:
        charger = self.branch.charger
        expired = charger.expiring_limit and now - self.sent_at > VALID_FOR
        if self.given > 0 and not expired:
            current = max(self.given, charger.offline_current)
            return tuple((c, weight * current) for c, weight in self.draw.load)
        only = charger.offline_phase
        return tuple(
            (c, weight * charger.offline_current)
            for c, weight in self.draw.full_load
            if only is None or c % 3 == only
        )

    def must_be_told(self, now: float) -> bool:
        """Return whether it is to be told its present limit (again)."""
        if self.lost:
            return False
        patience = self.patience
        if self.sent_at == NEVER and self.reading.limit is None:
            return True
        since = now - self.sent_at
        if self.branch.charger.expiring_limit and self._above_offline():
            if since >= VALID_FOR / 2:
                return True
        if since < patience:
            return False
        if self.ignores_for(1, now):
            return True
        limit = self.reading.limit
        strays = limit is not None and limit > self.given + READ_BACK_TOLERANCE
        return strays and since >= 2 * patience

    def _above_offline(self) -> bool:
        return self.given > self.branch.charger.offline_current

    @property
    def valid_for(self) -> float | None:
        """Return how long in s its grant may stand without being renewed."""
        return VALID_FOR if self._above_offline() else None

    def give(self, current: float, now: float, *, forced: bool) -> bool:
        """Give it `current`; return whether that is new. `forced` by an overload."""
        if current == self.given:
            return False
        if current and not self.given:
            self.turn.start(now)
        elif not current and self.turn.started_at is not None:
            self.turn.pause(now, forced=forced)
        ignored = self.ignores_for(1, now)
        self.draw.lateness.tell(current - self.given, now)
        self.cut = forced and current < self.given
        self.given = current
        self.changed_at = now
        self.raise_since = None
        self.reclaim.told(now)
        # Each limit has its time, but not for a charger that heeded none before it.
        if self.excess_since is not None and not ignored:
            self.excess_since = now
        return True

    def raise_is_due(self, target: float, now: float) -> bool:
        """Return whether a raise to `target` has waited long enough for its size."""
        if target < self.given + LEAST_CHANGE:
            self.raise_since = None
            return False
        if self.raise_since is None:
            self.raise_since = now
        worth = (target - self.given) * (now - self.raise_since)
        return worth >= RAISE_WORTH or target >= self.given + 3 * LEAST_CHANGE
