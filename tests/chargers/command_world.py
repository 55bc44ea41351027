"""A charger worse than any that is known, in virtual time, and the machine on top of it.

It is late, refuses, hangs, is silent, forgets, is unplugged and out of reach, and its
user sets it.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import cycle
from math import inf

from custom_components.amp_guard.chargers.attempt import (
    FORGOTTEN_AFTER,
    CommandTiming,
    Order,
    Outcome,
    Send,
)
from custom_components.amp_guard.chargers.command import CommandMachine
from custom_components.amp_guard.chargers.pauses import LONGEST_PAUSE_OF_CUT

OFFLINE = 6.0
SETTLES = 60.0
POLL = 20.0
TIMING = CommandTiming(
    command_lag=5.0, raise_interval=20.0, settles=SETTLES, offline_current=OFFLINE
)
BEGIN = 16.0
"""A that it has at first."""
NEAR = 0.01
MOST_EVENTS = 20_000


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What becomes of one attempt: s, None where it never ends or lands."""

    ends_after: float | None
    outcome: Outcome
    lands_after: float | None


PROMPT = Fate(ends_after=0.3, outcome=Outcome.TAKEN, lands_after=0.2)


@dataclass(frozen=True, kw_only=True)
class Display:
    """How it shows its limit: each change, and each so many s, the delays (s) in turn.

    What is shown at any time was so in the last `SETTLES` s.
    """

    polls: bool
    delays: tuple[float, ...]


PUSHED = Display(polls=False, delays=(0.0,))
DISPLAYS = (
    PUSHED,
    Display(polls=False, delays=(2.0,)),
    Display(polls=False, delays=(SETTLES - 1.0,)),
    Display(polls=True, delays=(0.5,)),
    Display(polls=True, delays=(SETTLES / 2,)),
    Display(polls=True, delays=(0.0, 18.0, 10.0, 5.0, 15.0)),
    None,
)


@dataclass
class World:
    """The charger, its integration, and the machine. Currents in A, times in s."""

    display: Display | None
    fates: list[Fate] = field(default_factory=list)
    fate_of_rest: Fate = PROMPT
    now: float = 0.0
    order: Order | None = None
    sent: list[tuple[float, float]] = field(default_factory=list)
    """When, and what."""
    is_plugged: bool = True
    is_lost: bool = False
    is_lacking: bool = False
    has_user: bool = False
    """Whether the limit was ever set at the charger, or forgotten there."""

    has_dropped: bool = False
    """Whether something was taken, and never landed."""

    def __post_init__(self) -> None:
        self.machine = CommandMachine(TIMING, in_force=BEGIN)
        self._delays = cycle(self.display.delays if self.display else (0.0,))
        self._limit, self._until = BEGIN, inf
        self._events: list[tuple[float, int, object]] = []
        self._count = 0
        self._wake_at: float | None = None
        self._shown: float | None = None if self.display is None else BEGIN
        self._shown_of = 0.0
        """When what is shown was so ..."""
        self._seen_of = 0.0
        """... and what the machine was shown."""
        self._set_at: float | None = None
        """When it got a limit of which nothing is known yet."""
        self._excess_since: float | None = None
        self._target_before = inf
        self._raises: dict[int, float] = {}
        """When those were sent that have neither landed nor ended."""
        self._held: float | None = BEGIN
        """What might be in force, as it was known last."""
        if self.display and self.display.polls:
            self._later(POLL, ("poll",))
        self._look()

    @property
    def limit(self) -> float:
        """What it truly has now."""
        return min(self._limit, OFFLINE) if self.now > self._until else self._limit

    @property
    def target(self) -> float:
        """What it is to have now."""
        current = inf if self.order is None else self.order.current
        user_limit = self.machine.user_limit
        return current if user_limit is None else min(current, user_limit)

    # --- what happens to it ----------------------------------------------------------

    def give(self, current: float, valid_for: float | None = None) -> None:
        self.order = Order(current=current, valid_for=valid_for)
        self._carry_out(self.machine.order(self.order, self.now))

    def overload(self, seconds: float, *, heeds: bool = True) -> None:
        """Let its fuse be overloaded; the loop says so each second."""
        for _ in range(round(seconds)):
            self._look()
            self._carry_out(self.machine.hurry(self.now, heeds=heeds))
            self.run(1.0)

    def release(self, current: float) -> None:
        self.order = Order(current=current, at_once=True)
        self._carry_out(self.machine.order(self.order, self.now))

    def set_at_the_charger(self, current: float) -> None:
        if current == self.limit:  # what cannot be seen cannot be known
            return
        self.now += NEAR  # what was shown was of before that
        self.has_user = True
        self._set(current, inf)
        self._set_at = self.now
        self._look()

    def plug(self, *, in_: bool) -> None:
        self.is_plugged = in_
        self._look()

    def lose(self, *, forgets: float | None = None) -> None:
        self.is_lost = True
        self._look()
        if forgets is not None:
            self.set_at_the_charger(forgets)

    def find(self) -> None:
        self.is_lost = False
        self._look()

    def lack(self, *, is_: bool) -> None:
        self.is_lacking = is_
        self._carry_out(self.machine.changed(self.now))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            self.check()
            event_at = self._events[0][0] if self._events else inf
            wake_at = inf if self._wake_at is None else self._wake_at
            at = min(event_at, wake_at)
            if at > end:
                break
            self.now = max(self.now, at)
            if event_at <= wake_at:
                self._happen(heappop(self._events)[2])
            else:
                self._wake_at = None
                self._look()
                self._carry_out(self.machine.wake(self.now))
        self.now = end
        self.check()

    # --- what holds in every moment --------------------------------------------------

    @property
    def is_unknown(self) -> bool:
        """Whether its user set it, or it forgot, and nothing of that is seen yet."""
        if self._set_at is None:
            return False
        return self._seen_of < self._set_at or self.now < self._set_at + SETTLES

    def check(self) -> None:
        may_hold = self.machine.may_hold(self.now)
        if not self.is_unknown:
            assert may_hold is not None
            assert may_hold >= self.limit - NEAR, "room is not kept"
        self._check_cut()

    def _check_cut(self) -> None:
        """A limit above the order is cut, or a cut was sent that may still show."""
        excused = (
            not self.is_plugged
            or self.is_lost  # it is told at once when it is back
            or self.is_lacking
            or self.is_unknown
            or (self.display is None and not self.machine.is_quiet(self.now))
        )
        if excused or self.limit <= self.target + NEAR:
            self._excess_since = None
            return
        if self._excess_since is None or self.target < self._target_before:
            self._excess_since = self.now
        self._target_before = self.target
        cuts = (at for at, current in self.sent if current <= self.target)
        since = max(self._excess_since, max(cuts, default=0.0))
        assert self.now - since <= 2 * SETTLES + LONGEST_PAUSE_OF_CUT, "not cut"

    def _check_raise(self, send: Send, held_before: float | None) -> None:
        """Two raises are never on their way; one that hangs is waited for an hour."""
        current = send.order.current
        if held_before is None or not held_before < current == self._held:
            return
        forgotten = (at + FORGOTTEN_AFTER for at in self._raises.values())
        assert all(self.now >= at for at in forgotten), "two raises"
        self._raises[send.number] = self.now

    # --- its insides -----------------------------------------------------------------

    def _look(self) -> None:
        """Tell the machine all that is seen of it, as its driver does."""
        machine, now = self.machine, self.now
        self._carry_out(machine.reachable(now, is_=not self.is_lost))
        if self.is_lost:
            return
        self._carry_out(machine.plugged(now, in_=self.is_plugged))
        if self.is_plugged:
            self._seen_of = self._shown_of
            self._carry_out(machine.shows(self._shown, now))

    def _set(self, current: float, until: float) -> None:
        self._limit, self._until = current, until
        if until < inf:
            self._later(until + NEAR - self.now, ("expired",))
        self._report()

    def _report(self) -> None:
        if self.display is not None:
            self._later(next(self._delays), ("shows", self.limit, self.now))

    def _happen(self, event) -> None:
        match event:
            case ("lands", number, current, valid_for):
                self._raises.pop(number, None)
                if self.display is None:
                    self._set_at = None
                self._set(current, inf if valid_for is None else self.now + valid_for)
            case ("expired",):
                self._report()
            case ("poll",):
                self._report()
                self._later(POLL, ("poll",))
            case ("shows", current, taken_at):
                self._shown, self._shown_of = current, taken_at
                self._look()
            case ("ends", number, outcome):
                self._raises.pop(number, None)
                self._carry_out(self.machine.ended(number, outcome, self.now))

    def _carry_out(self, effects) -> None:
        self._wake_at = effects.wake_at
        before, self._held = self._held, self.machine.may_hold(self.now)
        if (send := effects.send) is not None:
            self._check_raise(send, before)
            self._send(send)

    def _send(self, send: Send) -> None:
        order = send.order
        self.sent.append((self.now, order.current))
        if self.is_lost or self.is_lacking:
            outcome = Outcome.UNREACHABLE if self.is_lost else Outcome.LACKING
            self._happen(("ends", send.number, outcome))
            return
        fate = self.fates.pop(0) if self.fates else self.fate_of_rest
        if fate.lands_after is None:
            self.has_dropped = True
        else:
            landing = ("lands", send.number, order.current, order.valid_for)
            self._later(fate.lands_after, landing)
        if fate.ends_after is not None:
            self._later(fate.ends_after, ("ends", send.number, fate.outcome))

    def _later(self, seconds: float, event: object) -> None:
        self._count += 1
        assert self._count < MOST_EVENTS, "it never rests"
        heappush(self._events, (self.now + seconds, self._count, event))
