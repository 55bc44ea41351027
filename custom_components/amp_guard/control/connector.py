"""One charger as the balancer remembers it: its allocation and what became of it."""

from dataclasses import replace
from math import isfinite

from ..model import ChargerReading, ChargerStatus, EarthingSystem
from .constraint import Reserved, constraint_of, phase_of
from .draw import CHARGED, IMPOSSIBLE_CURRENT, Bounds, Draw
from .reclaim import Reclaim
from .tree import Branch
from .turns import Turn

FOLLOW_TOLERANCE = 1.0
"""A above its allocation that a charger may draw and still counts as following."""
COMMAND_AGAIN_AFTER = 5.0
"""s after which a charger that does not follow is commanded again (or its lag)."""
SHOWN_LIMIT_TOLERANCE = 0.5
"""A by which the limit that a charger shows may exceed the one it was commanded."""
LEAST_CHANGE = 1.0
"""A: a smaller raise waits."""
RAISE_WORTH = 120.0
"""A·s: a small raise waits longer, so that it is worth its command."""
VALID_FOR = 420.0
"""s after which an expiring limit falls back to the offline limit by itself."""

NEVER = float("-inf")
UNREAD = ChargerReading(status=ChargerStatus.LOST)
"""What is known of a charger that says nothing."""


def _sensible(reading: ChargerReading) -> ChargerReading:
    """Return the reading; what is no possible current or time in it counts as unsaid."""
    limit, user_limit, time = reading.limit, reading.user_limit, reading.current_time
    socket = reading.socket_current
    if (
        (limit is None or 0 <= limit < IMPOSSIBLE_CURRENT)
        and (user_limit is None or 0 <= user_limit < IMPOSSIBLE_CURRENT)
        and (socket is None or 0 <= socket < IMPOSSIBLE_CURRENT)
        and (time is None or isfinite(time))
    ):
        return reading
    if user_limit is not None and user_limit < 0:
        user_limit = 0.0
    return replace(
        reading,
        limit=_possible(limit),
        user_limit=_possible(user_limit),
        current_time=time if time is not None and isfinite(time) else None,
        socket_current=_possible(socket),
    )


def _possible(current: float | None) -> float | None:
    if current is not None and 0 <= current < IMPOSSIBLE_CURRENT:
        return current
    return None


class Connector:
    """The memory of one charger. Currents in A per phase, times in s."""

    def __init__(
        self, branch: Branch, earthing_system: EarthingSystem, turn: float
    ) -> None:
        """Start unread: it counts as lost, with nothing allocated."""
        self.id = branch.charger.id
        self.branch = branch
        self.draw = Draw(branch, earthing_system)
        self.turn = Turn(turn)
        self.reclaim = Reclaim()
        self.reading = UNREAD
        self.status = ChargerStatus.LOST
        self.lost = True
        """Whether it cannot be reached."""
        self.wants = False
        """Whether a car asks for current."""
        self.allocated = 0.0
        self.cut = False
        """Whether it has what it has because of an overload."""
        self.changed_at = NEVER
        """When its allocation was changed last."""
        self.excess_since: float | None = None
        self._taken_over = False
        self._commanded_at = NEVER
        self._raise_since: float | None = None

    def change(self, branch: Branch, turn: float) -> None:
        """Go on in a branch that is wired as its own, with other figures."""
        self.branch = branch
        self.draw.change_branch(branch)
        self.turn.change_length(turn)

    def observe(self, reading: ChargerReading, offset: float, now: float) -> None:
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
        self.draw.observe(reading, offset, now)
        if not self._taken_over:
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
        allowed = self.may_draw if limit is None else limit
        self.allocated = self.branch.in_range(allowed)
        self._taken_over = True
        self.changed_at = now
        self.draw.assume(self.may_draw)
        if self.turn.plugged_in_at is None:
            self.turn.plug_in(now)
        if self.allocated and self.wants:
            self.turn.start(now)

    def compare(self, now: float) -> None:
        """Compare what it draws with what it was allocated."""
        self.turn.count(sum(self.draw.estimate), now)
        if self._follows():
            self.excess_since = None
        elif self.excess_since is None:
            self.excess_since = now
        if self.wants and self.draw.reports:
            self.reclaim.observe(
                self.draw.reported,
                self.allocated,
                least=self.branch.min_current,
                step=self.branch.charger.resolution,
                now=now,
            )

    def _follows(self) -> bool:
        draw = self.draw
        if draw.reports:
            return draw.reported <= self.allocated + FOLLOW_TOLERANCE
        if not self.allocated:
            return self.status is not ChargerStatus.CHARGING
        return draw.current <= self.allocated + FOLLOW_TOLERANCE

    @property
    def settling_time(self) -> float:
        """Return the s that it has until it must be seen to follow."""
        follows = max(COMMAND_AGAIN_AFTER, self.branch.charger.command_lag)
        return follows + max(0.0, self.draw.report_delay.seconds)

    def ignores_for(self, times: float, now: float) -> bool:
        """Return whether it ignores its limit for so many times its settling time."""
        if self.excess_since is None:
            return False
        return now - self.excess_since >= times * self.settling_time

    def draw_bounds(self, time: float, now: float) -> Bounds:
        """Return what it drew at `time` at least, most likely and at most, by phase.

        One that cannot be reached is never taken to draw more than is reserved for it:
        else others would be allocated what it may still take.
        """
        if not self.lost:
            return self.draw.bounds(
                time, self.allocated, self.status, now - self.changed_at
            )
        reserved = [0.0, 0.0, 0.0]
        for constraint, current in self._may_draw_unseen(now):
            reserved[phase_of(constraint)] = current
        drawn = [min(a, b) for a, b in zip(self.draw.estimate, reserved, strict=True)]
        return drawn, drawn, drawn

    def reserved(self, now: float) -> Reserved:
        """Return what is not to be shared out for its sake.

        For a charger that cannot be reached all that it may still draw; for one that
        ignores its limit what it draws beyond it; for its outlet what that does not
        draw yet.
        """
        if self.lost:
            return self._may_draw_unseen(now) + self._socket(0.0)
        socket = self._socket(self.reading.socket_current or 0.0)
        if not self.ignores_for(2, now):
            return socket
        excess = self.draw.current - self.allocated
        return socket + tuple((c, weight * excess) for c, weight in self.draw.load)

    def _socket(self, drawn: float) -> Reserved:
        """Return what is kept free for its outlet, of which `drawn` A is taken."""
        charger = self.branch.charger
        if not charger.socket_current:
            return ()
        free = max(0.0, charger.socket_current - drawn)
        first = charger.wiring[0]
        return tuple((constraint_of(node, first), free) for node in self.branch.path)

    def _may_draw_unseen(self, now: float) -> Reserved:
        charger = self.branch.charger
        expired = charger.expiring_limit and now - self._commanded_at > VALID_FOR
        if self.allocated > 0 and not expired:
            current = max(self.allocated, charger.offline_current)
            return tuple((c, weight * current) for c, weight in self.draw.load)
        only = charger.offline_phase
        return tuple(
            (c, weight * charger.offline_current)
            for c, weight in self.draw.full_load
            if only is None or phase_of(c) == only
        )

    def needs_command(self, now: float) -> bool:
        """Return whether it is to be commanded its present allocation (again)."""
        if self.lost:
            return False
        if self._commanded_at == NEVER and self.reading.limit is None:
            return True
        settling_time = self.settling_time
        since = now - self._commanded_at
        if self.branch.charger.expiring_limit and self._above_offline():
            if since >= VALID_FOR / 2:
                return True
        if since < settling_time:
            return False
        if self.ignores_for(1, now):
            return True
        limit = self.reading.limit
        strays = limit is not None and limit > self.allocated + SHOWN_LIMIT_TOLERANCE
        return strays and since >= 2 * settling_time

    def note_command(self, now: float) -> None:
        """Remember that it is commanded its allocation now."""
        self._commanded_at = now

    def _above_offline(self) -> bool:
        return self.allocated > self.branch.charger.offline_current

    @property
    def valid_for(self) -> float | None:
        """Return how long in s its allocation may stand without being renewed."""
        return VALID_FOR if self._above_offline() else None

    def allocate(self, current: float, now: float, *, forced: bool) -> bool:
        """Allocate it `current`; return whether that is new. `forced` by an overload."""
        if current == self.allocated:
            return False
        if current and not self.allocated:
            self.turn.start(now)
        elif not current and self.turn.started_at is not None:
            self.turn.pause(now, forced=forced)
        ignored = self.ignores_for(1, now)
        self.draw.report_delay.command(current - self.allocated, now)
        self.cut = forced and current < self.allocated
        self.allocated = current
        self.changed_at = now
        self._raise_since = None
        self.reclaim.note_allocation(now)
        # Each limit has its time, but not for a charger that heeded none before it.
        if self.excess_since is not None and not ignored:
            self.excess_since = now
        return True

    def raise_is_due(self, target: float, now: float) -> bool:
        """Return whether a raise to `target` has waited long enough for its size."""
        if target < self.allocated + LEAST_CHANGE:
            self._raise_since = None
            return False
        if self._raise_since is None:
            self._raise_since = now
        worth = (target - self.allocated) * (now - self._raise_since)
        return worth >= RAISE_WORTH or target >= self.allocated + 3 * LEAST_CHANGE
