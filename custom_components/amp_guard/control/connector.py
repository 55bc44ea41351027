"""One charger as the balancer remembers it: its allocation and what became of it."""

from ..model import (
    ChargerReading,
    ChargerStatus,
    Commanded,
    EarthingSystem,
    Minimum,
    PhaseValues,
)
from .bounds import Bounds
from .command import NEVER, SHOWN_LIMIT_TOLERANCE, VALID_FOR, Command
from .constraint import Load
from .draw import CHARGED, RESTS, Draw
from .following import Following
from .phase_switching import PhaseSwitching
from .reading import UNREAD, sensible
from .reclaim import Reclaim
from .reserve import Reserve
from .sent import Sent
from .step_response import USED_FROM
from .tree import Branch
from .turns import Turn
from .untold import Untold

LEAST_CHANGE = 1.0
"""A: a smaller raise waits."""
RAISE_WORTH = 120.0
"""A·s: a small raise waits longer, so that it is worth its command."""
DRAWS_UNTOLD = (ChargerStatus.CHARGING, ChargerStatus.UNKNOWN)
"""What a charger says that may draw all that its limit lets it."""
EMPTY = (*RESTS, ChargerStatus.DISCONNECTED)
"""What a charger says of which nothing is drawn."""
NO_CAR = (ChargerStatus.DISCONNECTED, ChargerStatus.FAULT)
AWAITED_FOR = 120.0
"""s after a start within which a charger is read, as its integration starts too. Until then
it is ordered nothing: once it is back it is read, and cut in the same cycle if it must be."""


class Connector:
    """The memory of one charger. Currents in A per phase, times in s."""

    def __init__(
        self, branch: Branch, earthing_system: EarthingSystem, turn: float
    ) -> None:
        """Start unread: it counts as lost, with nothing allocated."""
        self.id = branch.charger.id
        self.branch = branch
        self.draw = Draw(branch, earthing_system)
        self.switching = PhaseSwitching(branch, earthing_system, self.draw.phases)
        self.turn = Turn(turn)
        self.reclaim = Reclaim()
        self.command = Command(branch)
        self.sent = Sent(self.draw)
        self.untold = Untold(self.draw, self.sent)
        self.following = Following(self.draw, self.command, self.sent)
        self.reserve = Reserve(self.draw, self.command)
        self.reading = UNREAD
        self.status = ChargerStatus.LOST
        self.lost = True
        """Whether it cannot be commanded now."""
        self.wants = False
        """Whether a car asks for current."""
        self.allocated = 0.0
        self.cut = False
        """Whether it has what it has because of an overload."""
        self.tested_at: float | None = None
        """A at which it is to show whether it draws what it says; None: it is believed."""
        self.changed_at = NEVER
        """When its allocation was changed last."""
        self._read = False
        self._awaited_since: float | None = None
        self._raise_since: float | None = None
        self._minimum = Minimum(0.0, 0.0)

    def change(self, branch: Branch, turn: float) -> None:
        """Go on in a branch that is wired as its own, with other figures."""
        self.branch = self.command.branch = branch
        self.draw.change_branch(branch)
        self.switching.change_branch(branch)
        self.turn.change_length(turn)
        self.reserve.is_empty = False  # it may have a socket now

    # --- what it says ----------------------------------------------------------------

    def observe(
        self,
        reading: ChargerReading,
        commanded: Commanded | None,
        offset: float,
        now: float,
    ) -> None:
        """Take its newest reading and what became of its commands.

        `offset` is added to the reading's times.
        """
        before, status = self.status, reading.status
        if status is not before:
            self.status = status
            self.lost = status is ChargerStatus.LOST
            self.wants = status in CHARGED
        self.reading = reading = sensible(reading)
        if commanded is not None or self.command.commanded is not None:
            self._observe_command(commanded, now)
        if self._awaited_since is None:
            self._awaited_since = now
        if self.lost:
            if self.changed_at == NEVER:
                held = self.command.in_force_unseen(self.allocated, now)
                self.allocated = self.branch.in_range(held)
                self.sent.current = self.command.sent(self.allocated)
            return
        if before is ChargerStatus.DISCONNECTED and status is not before:
            self._plug_in(now)
        draw = self.draw
        said = draw.reported
        draw.observe(reading, offset, now)
        self.untold.observe()
        if draw.reported != said:
            self.following.note_report(said)
        self.switching.observe(reading, offset, now)
        if not self._read:
            self._take_over(now)
        if before is ChargerStatus.LOST:
            self.command.begin_anew()
        self.command.note_in_reach(self.allocated)

    def _observe_command(self, commanded: Commanded | None, now: float) -> None:
        held = self.command.may_hold
        self.command.observe(commanded)
        self.sent.current = self.command.sent(self.allocated)
        may_hold = self.command.may_hold
        if held is not None and may_hold is not None and may_hold > held:
            self.following.forget_cut()
        if self._read:
            self._note_sent(now)

    def _plug_in(self, now: float) -> None:
        self.turn.plug_in(now)
        self.reclaim.plug_in()
        self.cut = False

    @property
    def may_draw(self) -> float:
        """What its car may draw by its own word, A: its limit, else what it may hold.

        Its maximum where nothing says.
        """
        if self.status not in DRAWS_UNTOLD:
            return 0.0
        limit = self._limit_in_force
        return self.branch.max_current if limit is None else limit

    @property
    def _limit_in_force(self) -> float | None:
        limit = self.reading.limit
        return self.command.may_hold if limit is None else limit

    def _take_over(self, now: float) -> None:
        """After a start: it draws what it was last allowed, as far as is known."""
        limit = self._limit_in_force
        allowed = self.may_draw if limit is None else limit
        if self.changed_at == NEVER:  # else it was cut before it could be read
            self.allocated = self.branch.in_range(allowed)
            self.changed_at = now
        self._read = True
        if self.status in DRAWS_UNTOLD:
            self.draw.phases.presume_seen(self.draw.reported_by_phase)
        self.sent.presume(self.command.sent(self.allocated), now)
        self.draw.assume(self.may_draw)
        if self.turn.plugged_in_at is None:
            self.turn.plug_in(now)
        if self.allocated and self.wants:
            self.turn.start(now)

    def compare(self, now: float) -> None:
        """Compare what it draws, and may hold, with what it was allocated."""
        draw = self.draw
        phases = draw.phases
        self.turn.count(sum(draw.estimate), now)
        if phases.is_presumed and not self.allocated:
            phases.pause()  # a start that was to be tried was not made
        if self.switching.holds:
            self.switching.proceed(now, is_empty=self._is_empty(now))
        if not phases.is_known:
            self.switching.presume()
        self.following.compare(self.allocated, self.status, wants=self.wants, now=now)
        if self.wants and (draw.tells or self.status is ChargerStatus.CHARGING):
            sent = self.sent.current
            drawn = draw.reported if draw.tells else sent
            if not self.reclaim.is_used(drawn, sent):
                self.reclaim.observe(
                    drawn,
                    sent,
                    seen=draw.current,
                    least=self.branch.min_current,
                    step=self.branch.charger.resolution,
                    late=draw.report_delay.latest,
                    now=now,
                )
        if self.strays or not self.reserve.is_empty:
            self._find_reserve(now)

    def _find_reserve(self, now: float) -> None:
        ignores = self.following.ignores_for(2, now)
        self.reserve.find(
            self.allocated,
            self.reading.socket_current,
            lost=self.lost,
            ignores=ignores,
            strays=ignores or self.following.is_unconfirmed_for(2, now),
            now=now,
        )

    def _is_empty(self, now: float) -> bool:
        """Return whether it is paused, and everything says that its car draws nothing.

        Also what is older than it says.
        """
        draw = self.draw
        return (
            not (self.lost or self.allocated or self.reading.limit)
            and self.status in EMPTY
            and not self.command.in_force(self.allocated)
            and max(draw.reported, draw.current) < USED_FROM
            and now - self.changed_at
            >= draw.report_delay.oldest + self.following.settling_time
        )

    @property
    def strays(self) -> bool:
        """Return whether it is lost, or does or may hold what it was not allocated."""
        following = self.following
        return (
            following.excess_since is not None
            or following.unconfirmed_since is not None
            or self.lost
        )

    @property
    def minimum(self) -> Minimum:
        """Return the least that its car can be given."""
        branch, phases, needs = self.branch, self.draw.phases, self.reclaim.needs
        current = branch.min_current
        if needs > current:
            current = min(needs, branch.max_current)
        counted = fewest = current * phases.power_weight
        if current < counted and (phases.may_presume or self.switching.may_use_one):
            fewest = current
        before = self._minimum
        if counted != before.counted or fewest != before.fewest:
            self._minimum = before = Minimum(counted, fewest)
        return before

    def is_in_doubt(self, now: float) -> bool:
        """Return whether a fresh reading may tell what it truly does."""
        return self.lost or self.following.is_in_doubt(now)

    def is_awaited(self, now: float) -> bool:
        """Return whether it has not been read since the start, and may soon be."""
        since = self._awaited_since
        return not self._read and since is not None and now - since < AWAITED_FOR

    def draw_bounds(self, time: float, now: float) -> Bounds:
        """Return what it drew at `time` at least, most likely and at most, by phase.

        One that is lost is never taken to draw more than is reserved for it: else others
        would be allocated what it may still take.
        """
        if not self.lost:
            sent = self.sent
            return self.draw.bounds(
                time, sent.current, self.status, now - sent.at, sent.lately(time)
            )
        reserved = self.reserve.unseen(self.allocated, now)
        drawn = PhaseValues(*map(min, self.draw.estimate, reserved, strict=True))
        return drawn, drawn, drawn

    def holds(self) -> list[float]:
        """Return what it holds of each constraint that it loads, A.

        What may be in force, or what it still draws: a cut frees nothing until it is
        seen.
        """
        return self.draw.holds(self.in_force)

    @property
    def in_force(self) -> float:
        """Return what it is allocated or, if that is more, what may be in force, A."""
        command = self.command
        return command.in_force(self.allocated) if self.wants else self.allocated

    @property
    def spare_load(self) -> Load:
        """Return what it is not taken to load, and is kept free until that is seen."""
        return self.switching.spare_load or self.draw.phases.tried_load

    # --- what it is commanded --------------------------------------------------------

    def needs_command(self, now: float, *, overcommitted: bool) -> bool:
        """Return whether it is to be commanded its present allocation (again).

        `overcommitted` says whether a constraint that it loads waits for it.
        """
        command = self.command
        if not self.lost:
            if self.switching.is_news or command.stands:
                return True
            if command.at == NEVER and self.reading.limit is None:
                return True
            if self.branch.charger.expiring_limit and self._is_to_be_renewed(now):
                return True
        pause = self._pause_before_repeat(now)
        if pause is None:
            command.note_heeded()
            return False
        is_seen = self.lost or self.following.can_be_seen(command.at, now)
        return (self.status not in NO_CAR and is_seen) and command.may_repeat(
            pause, overcommitted=overcommitted, now=now
        )

    def _is_to_be_renewed(self, now: float) -> bool:
        return self.valid_for is not None and self.command.is_half_expired(now)

    def _pause_before_repeat(self, now: float) -> float | None:
        """Return the s after which it is first commanded again, if it does not heed."""
        following = self.following
        if self.lost:
            in_force = self.command.in_force_unseen(self.allocated, now)
            is_cut = in_force > self.allocated + SHOWN_LIMIT_TOLERANCE
            return following.settling_time if is_cut else None
        if following.excess_since is not None and following.ignores_for(1, now):
            return following.settling_time
        limit, commanded = self.reading.limit, self.command.commanded
        if commanded is not None and commanded.may_hold is not None:
            return (
                2 * following.settling_time
                if following.unconfirmed_since is not None
                else None
            )
        if limit is None or limit <= self.allocated + SHOWN_LIMIT_TOLERANCE:
            return None
        # What it shows may be as old as any report, and its draw would tell sooner.
        return max(2 * following.settling_time, self.draw.report_delay.oldest)

    @property
    def valid_for(self) -> float | None:
        """Return how long in s its allocation may stand without being renewed."""
        charger = self.branch.charger
        if not charger.expiring_limit or self.allocated <= charger.offline_current:
            return None
        return VALID_FOR

    def allocate(self, current: float, now: float, *, forced: bool) -> bool:
        """Allocate it `current`; return whether that is new. `forced` by an overload."""
        if current == self.allocated:
            return False
        if current and not self.allocated:
            self.turn.start(now)
        elif not current and self.turn.started_at is not None:
            self.turn.pause(now, forced=forced)
        if not current:
            self.draw.phases.pause()
        is_cut = current < self.allocated
        self.following.give_time(now, is_cut=is_cut)
        self.cut = forced and is_cut
        self.allocated = current
        self.sent.current = self.command.sent(current)
        self.changed_at = now
        self._raise_since = None
        self.command.begin_anew()
        self._note_sent(now)
        return True

    def _note_sent(self, now: float) -> None:
        """Give the car new time where it was sent something else."""
        if self.sent.note(now):
            self.reclaim.note_allocation(now)

    def raise_is_due(self, target: float, now: float) -> bool:
        """Return whether a raise to `target` has waited long enough for its size."""
        if target < self.allocated + LEAST_CHANGE:
            self._raise_since = None
            return False
        if self._raise_since is None:
            self._raise_since = now
        worth = (target - self.allocated) * (now - self._raise_since)
        return worth >= RAISE_WORTH or target >= self.allocated + 3 * LEAST_CHANGE
