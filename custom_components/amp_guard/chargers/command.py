"""The command machine: what one charger is commanded, when, and what may be in force.

Pure: events in, effects out, time (s) an argument. An *order* is what the charger is to
have; an *attempt* is one time that it was sent. The newest order stands until the
charger shows it, however often it has to be sent. One attempt is under way at a time;
but a cut waits a second at most behind one that hangs, goes out beside it, and is sent
again when that one ends, since nobody knows which of the two landed last.

An attempt whose end is not known, or that failed, may hold all the same: integrations
time out on commands that their cloud has carried out. Room is kept for it until the
charger shows something else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ..model import Commanded

TOLERANCE = 0.05
"""A that two readings of one limit may lie apart."""
BESIDE_AFTER = 1.0
"""s that a cut waits behind an attempt that hangs."""
ABANDONED_AFTER = 60.0
"""s after which an attempt that never ends keeps no other one from being sent ..."""
ABANDONED_AFTER_OF_CUT = 15.0
"""... and after which the same cut is sent once more beside it."""
FIRST_PAUSE = 5.0
"""s until what failed is tried again, doubled each time ..."""
LONGEST_PAUSE = 300.0
"""... up to this for a raise ..."""
LONGEST_PAUSE_OF_CUT = 60.0
"""... and up to this for a cut: a fuse may wait for it."""
MOST_DOUBLINGS = 10
BUSY_PAUSE = 60.0
"""s that an integration is left alone that was asked too much (HTTP 429) ..."""
BUSY_PAUSE_OF_CUT = 15.0
"""... or for a cut."""
REPEATS = 2
"""Times that a limit is sent again that the charger took and shows a lower one for;
then the lower one is somebody's."""
FORGOTTEN_AFTER = 3600.0
"""s after which an attempt that never ended counts as ended."""
CHANGED_DELAY = 1.0
"""s from a change of the charger's entities until what lacked something is tried again:
an OCPP transaction shows in Home Assistant before the charge point has its number."""

NEVER = float("-inf")


class Outcome(StrEnum):
    """How an attempt ended."""

    TAKEN = "taken"
    FAILED = "failed"
    """Refused, or an error on the way: it may hold all the same."""
    BUSY = "busy"
    """The integration, or its cloud, was asked too often."""
    UNREACHABLE = "unreachable"
    """The charger cannot be reached: no word of it has left."""
    LACKING = "lacking"
    """Something that it needs is not there yet: no word of it has left."""


NOT_SENT = (Outcome.UNREACHABLE, Outcome.LACKING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What a charger is to have.

    `current` is A, 0 pauses; it stands for `valid_for` s from when it is sent (None:
    until another one). `at_once` lets a raise not wait its time.
    """

    current: float
    valid_for: float | None = None
    at_once: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """An effect: send this, and say by its `number` how it ended."""

    number: int
    order: Order


@dataclass(frozen=True, kw_only=True, slots=True)
class Effects:
    """What is to be done: send something now, and call `wake` at a time (s)."""

    send: Send | None = None
    wake_at: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandTiming:
    """What is known of a charger's way with commands; s, and A it falls back to.

    `command_lag` is how long a car needs to follow, `raise_interval` lies at least
    between a write and a raise, `settles` is how long after a command old readings may
    come in.
    """

    command_lag: float
    raise_interval: float
    settles: float
    offline_current: float


@dataclass(kw_only=True, slots=True)
class _Attempt:
    number: int
    order: Order
    sent_at: float
    shown_before: float | None
    """The limit that was shown when it was sent, A."""
    ended_at: float | None = None
    taken: bool = False
    shown: bool = False
    """Whether the charger showed its limit since."""

    def may_hold(self, now: float, offline_current: float) -> float:
        """Return what may be in force of it, A: after its time the fail-safe."""
        valid_for, current = self.order.valid_for, self.order.current
        if valid_for is not None and now - self.sent_at > valid_for:
            return min(current, offline_current)
        return current

    def settled_at(self, settles: float) -> float:
        """Return from when on what is shown is no older than it."""
        return (self.sent_at if self.ended_at is None else self.ended_at) + settles


@dataclass(kw_only=True)
class CommandMachine:
    """What one charger is commanded. Currents in A per phase, times in s.

    Every event returns the effects to be carried out. `in_force` is what is known to be
    in force, None where nothing is known yet; `user_limit` is a ceiling that was set at
    the charger.
    """

    timing: CommandTiming
    in_force: float | None = None
    user_limit: float | None = None
    tolerance: float = TOLERANCE
    _order: Order | None = None
    _due: float | None = None
    """From when on the order is to be sent (again), None: it needs not be."""
    _last: _Attempt | None = None
    """The newest attempt that was sent, or is under way."""
    _before_last: _Attempt | None = None
    _under_way: list[_Attempt] = field(default_factory=list)
    _doubtful: list[_Attempt] = field(default_factory=list)
    """Ended, and nothing shows yet whether it holds."""
    _shown: float | None = None
    """The limit that the charger showed last, None where it never showed one."""
    _failures: int = 0
    _repeats: int = 0
    _lacking: bool = False
    """Whether the last attempt lacked something that was not there yet."""
    _unplugged: bool = False
    _reachable: bool = True
    _numbers: int = 0

    # --- what is known ---------------------------------------------------------------

    def commanded(self, now: float) -> Commanded:
        """Return what became of the orders, in the law's words."""
        waits = self._due is not None and self._due > now
        return Commanded(
            current=None if self._last is None else self._last.order.current,
            may_hold=self.may_hold(now),
            waits_until=self._due if waits else None,
        )

    def may_hold(self, now: float) -> float | None:
        """Return the highest limit that may be in force, None where nothing is known."""
        held = [
            attempt.may_hold(now, self.timing.offline_current)
            for attempt in self._unconfirmed()
        ]
        if self.in_force is not None:
            held.append(self._still_in_force(self.in_force, now))
        return max(held, default=None)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way, and nothing is to be sent."""
        return not self._under_way and self._due is None

    @property
    def is_failing(self) -> bool:
        """Whether the order was not taken when it was last sent."""
        return self._failures > 0

    def _unconfirmed(self) -> Iterator[_Attempt]:
        yield from self._under_way
        yield from self._doubtful

    def _still_in_force(self, current: float, now: float) -> float:
        last = self._last
        if last is None or last.order.current != current:
            return current
        return last.may_hold(now, self.timing.offline_current)

    # --- events ----------------------------------------------------------------------

    def order(self, order: Order, now: float) -> Effects:
        """Take the newest order; the one before is dropped for it.

        The same once more is sent again, but not before the charger can have followed,
        and not sooner than it would be where sending fails.
        """
        before = None if self._order is None else self._target
        self._order = order
        last = self._last
        if last is None or before != self._target:
            self._repeats = 0
            earliest = self._earliest(now)
            if self._due is not None and self.is_failing and not self._is_cut(now):
                earliest = max(earliest, self._due)
            self._due = earliest
        elif self._due is None and now - last.sent_at >= self.timing.command_lag:
            self._due = now
        return self._effects(now)

    def ended(self, number: int, outcome: Outcome, now: float) -> Effects:
        """Take how an attempt ended, however late."""
        attempt = next((a for a in self._under_way if a.number == number), None)
        if attempt is None:
            return self._effects(now)
        self._under_way.remove(attempt)
        attempt.ended_at, attempt.taken = now, outcome is Outcome.TAKEN
        if outcome not in NOT_SENT:
            self._doubtful.append(attempt)
        if attempt is not self._last:
            self._due = now  # it may have landed after what was sent beside it
        elif outcome is Outcome.TAKEN or attempt.shown:
            self._take(attempt, now)
        else:
            self._end_in_vain(outcome, now)
        return self._effects(now)

    def _take(self, attempt: _Attempt, now: float) -> None:
        self._failures = 0
        if self._shown is None:  # it never shows a limit: what it took is in force
            self._confirm(attempt.order.current, ended_before=attempt.sent_at)
            self._doubtful = [each for each in self._doubtful if each is not attempt]
        elif attempt.shown and self._is_about(self._shown, attempt):
            self._see_as_ordered(attempt, self._shown, now)

    def _end_in_vain(self, outcome: Outcome, now: float) -> None:
        if outcome in NOT_SENT:
            self._last = self._before_last
        self._lacking = outcome is Outcome.LACKING
        if self._lacking:
            return
        self._failures += 1
        if self._due is None:
            self._try_again(now, busy=outcome is Outcome.BUSY)

    def shows(self, limit: float | None, now: float, *, is_set: bool = True) -> Effects:
        """Take the limit that the charger shows, A; 0 while paused, None: unknown.

        One that is in force, and not one that somebody has set (`is_set`), may be low
        for reasons of the charger's own, and is no ceiling.
        """
        if limit is not None:
            self._see(limit, now, is_set=is_set)
        return self._effects(now)

    def plugged(self, now: float, *, in_: bool) -> Effects:
        """Take whether a car is there. The limit that was set for one went with it."""
        if in_ and self._unplugged and self._wants_repeating:
            self._due = now
        if not in_ and not self._unplugged:
            self.user_limit = None
            self._failures = self._repeats = 0
        self._unplugged = not in_
        return self._effects(now)

    def reachable(self, now: float, *, is_: bool) -> Effects:
        """Take whether it can be reached: what is back may have forgotten its limit."""
        if is_ and not self._reachable and self._last is not None:
            self._failures = 0
            self._due = now
        self._reachable = is_
        return self._effects(now)

    def changed(self, now: float) -> Effects:
        """Take that its entities changed: what an order lacked may be there now."""
        if self._lacking and self._due is None:
            self._due = now + CHANGED_DELAY
        return self._effects(now)

    def release_user_limit(self, now: float) -> Effects:
        """Take back control from whoever has set a lower limit."""
        self.user_limit = None
        self._failures = self._repeats = 0
        if self._order is not None:
            self._due = now
        return self._effects(now)

    def wake(self, now: float) -> Effects:
        """Take that the time has come that was asked for."""
        for attempt in [*self._under_way]:
            if now - attempt.sent_at >= FORGOTTEN_AFTER:
                self._under_way.remove(attempt)
                attempt.ended_at = now
                self._doubtful.append(attempt)
                self._due = now
        last = self._last
        if last in self._under_way and self._due is None:
            if now - last.sent_at >= self._patience(now) and not last.shown:
                self._failures += 1
                self._due = now
        return self._effects(now)

    # --- what is shown ---------------------------------------------------------------

    def _see(self, limit: float, now: float, *, is_set: bool) -> None:
        self._shown = limit
        if self.user_limit is not None and limit > self.user_limit + self.tolerance:
            self.user_limit = None
            self._due = self._earliest(now)
        last = self._last
        if last is None:
            self.in_force = limit
        elif self._is_about(limit, last):
            self._see_as_ordered(last, limit, now)
        elif now >= self._settled_at(last):
            self._see_otherwise(last, limit, now, is_set=is_set)

    def _see_as_ordered(self, last: _Attempt, limit: float, now: float) -> None:
        """Take the limit that was ordered, unless it may be an older reading."""
        before = last.shown_before
        is_news = before is None or not self._is_about(before, last)
        settled = now >= self._settled_at(last)
        others = any(  # what is shown may be an earlier one's, or pass
            each is not last and each.order.current >= limit - self.tolerance
            for each in self._unconfirmed()
        )
        if not settled and (others or not (is_news or last.shown)):
            return
        last.shown = True
        self._failures = self._repeats = 0
        self._confirm(limit, ended_before=self._settled(now) if others else now)
        if not self._under_way and last.order.current == self._target:
            self._due = None

    def _see_otherwise(
        self, last: _Attempt, limit: float, now: float, *, is_set: bool
    ) -> None:
        """Take a limit that was not ordered, or an older order that landed late."""
        held_before = last.shown or self._repeats >= REPEATS
        late = any(self._is_about(limit, attempt) for attempt in self._under_way)
        self._confirm(limit, ended_before=self._settled(now))
        if self._due is not None:
            return
        if late:
            self._due = now
            return
        if last in self._under_way:
            return
        if limit > last.order.current:
            self._failures += 1
            self._try_again(now)
        elif not last.taken:
            self._try_again(now)
        elif held_before:
            self._repeats = REPEATS
            if is_set:
                self.user_limit = limit
        else:
            self._repeats += 1
            self._due = now

    def _is_confirmed(self, last: _Attempt) -> bool:
        if self._shown is None:
            return last not in self._under_way
        return last.shown and not self._doubtful and self._is_about(self._shown, last)

    def _is_about(self, limit: float, attempt: _Attempt) -> bool:
        return abs(limit - attempt.order.current) <= self.tolerance

    def _settled_at(self, last: _Attempt) -> float:
        """Return from when on what is shown is younger than all that was sent."""
        settles = self.timing.settles
        return max(each.settled_at(settles) for each in (last, *self._doubtful))

    def _settled(self, now: float) -> float:
        """Return until when what has ended is seen in what is shown now."""
        return now - self.timing.settles

    def _confirm(self, current: float, *, ended_before: float) -> None:
        """Take that a limit is in force; what had ended by then is gone."""
        self.in_force = current
        self._doubtful = [
            attempt
            for attempt in self._doubtful
            if attempt.ended_at is not None and attempt.ended_at > ended_before
        ]

    # --- what is sent, and when ------------------------------------------------------

    @property
    def _target(self) -> float:
        """What the charger is to have now, A."""
        current = 0.0 if self._order is None else self._order.current
        return current if self.user_limit is None else min(current, self.user_limit)

    def _is_cut(self, now: float) -> bool:
        held = self.may_hold(now)
        return held is None or self._target < held - self.tolerance

    def _is_raise(self, now: float) -> bool:
        held = self.may_hold(now)
        return held is not None and self._target > held + self.tolerance

    def _earliest(self, now: float) -> float:
        """Return from when on the order may be sent; only a raise ever waits."""
        at_once = self._order is not None and self._order.at_once
        if at_once or self._last is None or not self._is_raise(now):
            return now
        return max(now, self._last.sent_at + self.timing.raise_interval)

    @property
    def _wants_repeating(self) -> bool:
        last = self._last
        return last is not None and (self._failures > 0 or not last.shown)

    def _try_again(self, now: float, *, busy: bool = False) -> None:
        """Try again after a pause that grows; once a car comes, where there is none."""
        if self._unplugged:
            return
        cut = self._is_cut(now)
        pause = FIRST_PAUSE * 2.0 ** min(max(0, self._failures - 1), MOST_DOUBLINGS)
        if busy:
            pause = max(pause, BUSY_PAUSE_OF_CUT if cut else BUSY_PAUSE)
        self._due = now + min(pause, LONGEST_PAUSE_OF_CUT if cut else LONGEST_PAUSE)

    def _patience(self, now: float) -> float:
        """Return for how long in s an attempt that hangs keeps another one waiting."""
        growth = 2.0 ** min(self._failures, MOST_DOUBLINGS)
        if self._is_cut(now):
            return min(ABANDONED_AFTER_OF_CUT * growth, LONGEST_PAUSE_OF_CUT)
        return min(ABANDONED_AFTER * growth, LONGEST_PAUSE)

    def _may_send_at(self, now: float) -> float | None:
        """Return from when on what is due may be sent, None where nothing is due."""
        if self._due is None or not self._under_way:
            return self._due
        newest = self._under_way[-1]
        wait = self._patience(now)
        if newest.order.current != self._target and self._is_cut(now):
            wait = BESIDE_AFTER
        return max(self._due, newest.sent_at + wait)

    def _effects(self, now: float) -> Effects:
        send = None
        at = self._may_send_at(now)
        if at is not None and at <= now and self._order is not None:
            send = self._send(self._order, now)
            at = self._may_send_at(now)
        return Effects(send=send, wake_at=self._wake_at(at, now))

    def _wake_at(self, due: float | None, now: float) -> float | None:
        """Return when to look again though nothing happens."""
        times = [] if due is None else [due]
        times.extend(each.sent_at + FORGOTTEN_AFTER for each in self._under_way[:1])
        last = self._last
        if last is not None and not self._is_confirmed(last):
            times.append(self._settled_at(last))
            if last in self._under_way:
                times.append(last.sent_at + self._patience(now))
        return min((time for time in times if time > now), default=None)

    def _send(self, order: Order, now: float) -> Send:
        order = Order(current=self._target, valid_for=order.valid_for)
        self._numbers += 1
        attempt = _Attempt(
            number=self._numbers,
            order=order,
            sent_at=now,
            shown_before=self._shown,
            shown=self._last is not None
            and self._last.shown
            and self._last.order.current == order.current,
        )
        self._last, self._before_last = attempt, self._last
        self._under_way.append(attempt)
        self._due = None
        return Send(number=attempt.number, order=order)
