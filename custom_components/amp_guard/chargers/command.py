"""The command machine: what one charger is commanded, when, and what may be in force.

Pure: events in, effects out, time (s) an argument. The newest order stands until the
charger has it, however often it has to be sent. One attempt is under way at a time; but
a cut waits a second at most behind one that hangs, goes out beside it, and is sent
again when that one ends, since nobody knows which of the two landed last.
"""

from ..model import Commanded
from .attempt import NOT_SENT, Attempt, CommandTiming, Effects, Order, Outcome, Send
from .in_force import LimitsInForce
from .pauses import (
    BUSY_PAUSE,
    BUSY_PAUSE_OF_CUT,
    FIRST_PAUSE,
    HURRIED,
    HURRIED_PAUSE,
    LONGEST_PAUSE,
    LONGEST_PAUSE_OF_CUT,
    MOST_HURRIED,
    PATIENCE,
    PATIENCE_OF_CUT,
    grown,
)

TOLERANCE = 0.05
"""A that two readings of one limit may lie apart."""
BESIDE_AFTER = 1.0
"""s that a cut waits behind an attempt that hangs."""
REPEATS = 2
"""Times that a limit is sent again that the charger took and shows a lower one for;
then the lower one is somebody's."""
CHANGED_DELAY = 1.0
"""s from a change of the charger's entities until what lacked something is tried again:
an OCPP transaction shows in Home Assistant before the charge point has its number."""


class CommandMachine:
    """What one charger is commanded. Currents in A per phase, times in s.

    Every event returns the effects to be carried out. `user_limit` is a ceiling that
    was set at the charger.
    """

    def __init__(
        self,
        timing: CommandTiming,
        *,
        in_force: float | None = None,
        user_limit: float | None = None,
        tolerance: float = TOLERANCE,
    ) -> None:
        """Start with what is known from before: the highest limit that may be in force."""
        self.user_limit = user_limit
        self._timing = timing
        self._tolerance = tolerance
        self._in_force = LimitsInForce(timing, tolerance, in_force)
        self._order: Order | None = None
        # What was tried last, None where the order is to go out in any case.
        self._tried: Order | None = None
        # When it is to be tried again, None where it needs not be.
        self._again_at: float | None = None
        self._failures = 0
        self._repeats = 0
        self._sent_at = float("-inf")
        self._hurried_until = float("-inf")
        self._busy_until = float("-inf")
        # The newest attempt that was sent, or is under way.
        self._last: Attempt | None = None
        self._before_last: Attempt | None = None
        self._is_lacking = False
        self._is_unplugged = False
        self._is_lost = False
        self._numbers = 0

    # --- what is known ---------------------------------------------------------------

    def commanded(self, now: float) -> Commanded:
        """Return what became of the orders, in the law's words."""
        due = self._due(now)
        return Commanded(
            current=None if self._last is None else self._last.order.current,
            may_hold=self.may_hold(now),
            waits_until=due if due is not None and due > now else None,
        )

    def may_hold(self, now: float) -> float | None:
        """Return the highest limit that may be in force, None where nothing is known."""
        return self._in_force.may_hold(now)

    def is_quiet(self, now: float) -> bool:
        """Whether nothing is under way, and nothing is to be sent."""
        return not self._under_way and self._due(now) is None

    @property
    def is_failing(self) -> bool:
        """Whether the charger does not take, or does not show, what it is sent."""
        return self._failures > 0

    @property
    def is_shown(self) -> bool:
        """Whether the charger shows what was sent to it last, and nothing older."""
        return self._last is not None and self._last.held

    # --- events ----------------------------------------------------------------------

    def order(self, order: Order, now: float) -> Effects:
        """Take the newest order; the one before is dropped for it.

        The same once more is sent again, for a car that does not heed it: after pauses
        that grow.
        """
        self._order = order
        if order.at_once or self._expires_otherwise(order):
            self._begin_anew()
        elif self._is_tried and self._may_repeat(now):
            self._again_at = now
            self._repeats += 1
        return self._effects(now)

    def drop_order(self) -> None:
        """Send nothing any more, until there is another order."""
        self._order = None

    def ended(self, number: int, outcome: Outcome, now: float) -> Effects:
        """Take how an attempt ended, however late."""
        attempt = next((a for a in self._under_way if a.number == number), None)
        if attempt is None:  # it was waited for no longer
            self._begin_anew()
            return self._effects(now)
        left = outcome not in NOT_SENT
        self._in_force.end(attempt, now, newest=self._numbers, left=left)
        if attempt is self._last:
            self._end_of_last(attempt, outcome, now)
        elif left:
            self._again_at = now  # it may have landed after what was sent beside it
        return self._effects(now)

    def shows(self, limit: float | None, now: float, *, is_set: bool = True) -> Effects:
        """Take the limit that the charger shows, A; 0 while paused, None: unknown.

        One that is in force, and not one that somebody has set (`is_set`), may be low
        for reasons of the charger's own, and is no ceiling.
        """
        if limit is not None:
            self._see(limit, now, is_set=is_set)
        return self._effects(now)

    def plugged(self, now: float, *, in_: bool) -> Effects:
        """Take whether a car is there. What was set for one went with it."""
        if not in_:
            self.user_limit = None
        elif self._is_unplugged:
            self._begin_anew()
        self._is_unplugged = not in_
        return self._effects(now)

    def reachable(self, now: float, *, is_: bool) -> Effects:
        """Take whether it can be reached: what is back may have forgotten its limit."""
        if is_ and self._is_lost:
            self._begin_anew()
        self._is_lost = not is_
        return self._effects(now)

    def changed(self, now: float) -> Effects:
        """Take that its entities changed: what an order lacked may be there now."""
        if self._is_lacking:
            self._is_lacking = False
            self._again_at = now + CHANGED_DELAY
        return self._effects(now)

    def release_user_limit(self, now: float) -> Effects:
        """Take back control from whoever has set a lower limit."""
        self.user_limit = None
        self._begin_anew()
        return self._effects(now)

    def hurry(self, now: float, *, heeds: bool) -> Effects:
        """Take that its fuse is overloaded, and whether its car `heeds` its limit.

        A cut that failed, or is not heeded, is tried again soon.
        """
        self._hurried_until = now + HURRIED
        if not heeds and self._is_tried and self._may_repeat(now):
            self._again_at = now
            self._repeats += 1
        return self._effects(now)

    def take_timing(self, timing: CommandTiming) -> None:
        """Take what is known by now of its way with commands."""
        self._timing = timing
        self._in_force.take_timing(timing)

    def wake(self, now: float) -> Effects:
        """Take that the time has come that was asked for."""
        for attempt in [a for a in self._under_way if a.forgotten_at <= now]:
            self._in_force.end(attempt, now, newest=self._numbers, left=True)
            self._again_at = now
        return self._effects(now)

    def _begin_anew(self) -> None:
        """Let the order go out in any case: what was set may be gone."""
        self._tried = None
        self._failures = 0
        if self._last is not None:
            self._last.shown = self._last.held = False

    @property
    def _is_tried(self) -> bool:
        return self._tried is not None and self._tried.current == self._target

    def _expires_otherwise(self, order: Order) -> bool:
        """Whether the same was tried, and only one of the two expires."""
        if self._tried is None or not self._is_tried:
            return False
        return (self._tried.valid_for is None) != (order.valid_for is None)

    def _may_repeat(self, now: float) -> bool:
        """Whether the same may be sent once more, though nothing says that it failed."""
        last = self._last
        if last is None or last in self._under_way or self._again_at is not None:
            return False
        longest = min(self._longest_pause(now), LONGEST_PAUSE_OF_CUT)
        pause = min(grown(FIRST_PAUSE, self._repeats), longest)
        return now - last.sent_at >= max(self._timing.command_lag, pause)

    # --- how an attempt ends ---------------------------------------------------------

    def _end_of_last(self, attempt: Attempt, outcome: Outcome, now: float) -> None:
        if outcome in NOT_SENT:
            self._last = self._before_last
        if outcome is Outcome.LACKING:
            self._is_lacking = True
        elif outcome is not Outcome.TAKEN:
            if not attempt.shown:
                self._fail(now, busy=outcome is Outcome.BUSY)
        elif not self._in_force.shows_limits and not self._is_lost:
            self._failures = 0
            self._in_force.take(attempt, now)

    def _fail(self, now: float, *, busy: bool = False) -> None:
        """Try again after a pause that grows."""
        self._failures += 1
        pause = grown(FIRST_PAUSE, self._failures - 1)
        if busy:
            pause = max(pause, BUSY_PAUSE_OF_CUT if self._is_cut(now) else BUSY_PAUSE)
            self._busy_until = now + BUSY_PAUSE_OF_CUT
        self._again_at = now + min(pause, self._longest_pause(now))

    # --- what is shown ---------------------------------------------------------------

    def _see(self, limit: float, now: float, *, is_set: bool) -> None:
        if self.user_limit is not None and limit > self.user_limit + self._tolerance:
            self.user_limit = None
        last = self._last
        self._in_force.see(limit, last, now)
        if last is None:
            return
        if not self._in_force.is_of(limit, last):
            if self._in_force.is_settled():
                self._see_otherwise(limit, last, now, is_set=is_set)
        elif last.shown and last.order == self._tried and self._in_force.is_only(last):
            self._failures, self._again_at = 0, None

    def _see_otherwise(
        self, limit: float, last: Attempt, now: float, *, is_set: bool
    ) -> None:
        """Take a limit that is not the last one sent, though nothing else is to come."""
        if limit > last.order.current:
            soon = now + LONGEST_PAUSE_OF_CUT
            is_late = self._again_at is None or self._again_at > soon
            if is_late and (last.shown or last not in self._under_way):
                self._fail(now)
        elif self._again_at is None and last not in self._under_way:
            self._see_less(limit, last, now, is_set=is_set)

    def _see_less(
        self, limit: float, last: Attempt, now: float, *, is_set: bool
    ) -> None:
        if last.has_expired(now) and self._in_force.is_fall_back(limit, last):
            return
        if any(self._in_force.is_of(limit, each) for each in self._under_way):
            self._again_at = now  # an earlier one, that landed late
        elif not last.held and self._failures < REPEATS:
            self._fail(now)
        elif is_set:
            self._failures, self.user_limit = 0, limit
            self._tried = Order(current=limit)

    # --- what is sent, and when ------------------------------------------------------

    @property
    def _under_way(self) -> list[Attempt]:
        return self._in_force.under_way

    @property
    def _target(self) -> float:
        """What the charger is to have now, A."""
        current = 0.0 if self._order is None else self._order.current
        return current if self.user_limit is None else min(current, self.user_limit)

    def _is_cut(self, now: float) -> bool:
        held = self.may_hold(now)
        return held is None or self._target < held

    def _is_raise(self, now: float) -> bool:
        held = self.may_hold(now)
        return held is not None and self._target > held

    def _longest_pause(self, now: float) -> float:
        if self._is_hurried(now):
            return HURRIED_PAUSE
        return LONGEST_PAUSE_OF_CUT if self._is_cut(now) else LONGEST_PAUSE

    def _is_hurried(self, now: float) -> bool:
        """Whether a fuse waits for what was ordered, and few attempts hang."""
        waits = now < self._hurried_until and not self._is_raise(now)
        return waits and len(self._under_way) < MOST_HURRIED

    def _due(self, now: float) -> float | None:
        """Return from when on the order is to be sent, None where it needs not be."""
        at = self._wanted_at(now)
        if at is None or not self._under_way:
            return at
        newest = self._under_way[-1]
        if self._is_raise(now):
            hanging = (each for each in self._under_way if not each.shown)
            return max([at, *(each.forgotten_at for each in hanging)])
        if self._target < newest.order.current:
            return max(at, newest.sent_at + BESIDE_AFTER)
        return max(at, newest.sent_at + self._patience(now))

    def _patience(self, now: float) -> float:
        """Return for how long in s an attempt that hangs keeps the same one waiting."""
        patience = PATIENCE_OF_CUT if self._is_cut(now) else PATIENCE
        return min(grown(patience, self._failures), self._longest_pause(now))

    def _wanted_at(self, now: float) -> float | None:
        """Return from when on the order is to be sent, if nothing else is under way."""
        last, target = self._last, self._target
        if self._order is None or self._may_wait_for_a_car(self._order):
            return None
        if self._tried is None or target < self._tried.current:
            return now
        if self._is_tried:
            return now if self._hangs else self._tried_again_at(now)
        raise_at = now if last is None else last.sent_at + self._timing.raise_interval
        if self._again_at is None:
            return raise_at
        return max(self._again_at, raise_at) if self._is_raise(now) else self._again_at

    def _tried_again_at(self, now: float) -> float | None:
        """Return from when on the same is sent again, None where it needs not be."""
        again_at = self._again_at
        if again_at is None or not self._is_hurried(now):
            return again_at
        return max(min(again_at, self._sent_at + HURRIED_PAUSE), self._busy_until)

    def _may_wait_for_a_car(self, order: Order) -> bool:
        """Whether there is no car, and what was sent to the charger did not help."""
        if not self._is_unplugged or order.at_once:
            return False
        return self.is_failing or bool(self._under_way)

    @property
    def _hangs(self) -> bool:
        """Whether the last attempt is under way, and only its end may show more."""
        last = self._last
        if last is None or self._is_lacking or self._again_at is not None:
            return False
        return last in self._under_way and not last.shown

    def _effects(self, now: float) -> Effects:
        due, send = self._due(now), None
        if due is not None and due <= now and self._order is not None:
            send = self._send(self._order, now)
            due = self._due(now)
        times = self._in_force.changes_at()
        if due is not None:
            times.append(due)
        wake_at = min((time for time in times if time > now), default=None)
        return Effects(send=send, wake_at=wake_at)

    def _send(self, order: Order, now: float) -> Send:
        last, target = self._last, self._target
        if not self._is_tried:
            self._repeats = 0
        if last in self._under_way and target >= last.order.current:
            self._failures += 1
        self._numbers += 1
        attempt = Attempt(
            number=self._numbers,
            order=Order(current=target, valid_for=order.valid_for),
            sent_at=now,
            held=last is not None and last.held and last.order.current == target,
        )
        self._last, self._before_last, self._sent_at = attempt, last, now
        self._in_force.send(attempt)
        self._tried, self._again_at, self._is_lacking = attempt.order, None, False
        return Send(number=attempt.number, order=attempt.order)
