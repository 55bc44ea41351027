"""A driver of a toy charger: the command machine, and a line on which much goes wrong.

What is on its way lands, or does not, whatever the driver is told of it.
"""

from enum import StrEnum
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

from custom_components.amp_guard.chargers.command import (
    CommandMachine,
    CommandTiming,
    Effects,
    Order,
    Outcome,
    Send,
)
from custom_components.amp_guard.model import ChargerReading, ChargerStatus, Commanded

HANGS_FOR = 8.0
"""s after which a command lands whose action has timed out before."""
TIMES_OUT_AFTER = 5.0
"""s after which an action is given up."""
SLOW = 20.0
"""s that a slow action takes."""
CAR_MAY_CHARGE = (ChargerStatus.WAITING, ChargerStatus.CHARGING)


class Line(StrEnum):
    """What becomes of a command."""

    GOOD = "good"
    SLOW = "slow"
    """It is carried out, and lands, late."""
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    """It is said to have failed, and lands after that."""
    DEAD = "dead"
    """Nothing lands, and nothing is said of it."""


class Landing(NamedTuple):
    """A command on its way: lands `at` a time (s), is `current` A until it `expires`."""

    at: float
    number: int
    current: float
    expires: float


class Driver:
    """Commands one charger as `law` allocates; times in s of the plant."""

    def __init__(
        self,
        *,
        lag: float,
        offline_current: float,
        raise_interval: float = 0.0,
        may_hold: float | None = None,
    ) -> None:
        """Start with what was stored: the highest limit that may be in force, A."""
        self.line = Line.GOOD
        self.hears = False
        """Whether commands land while nothing can be read of it."""
        self.sent = 0
        """How many commands have left."""
        self.landing: list[Landing] = []
        """What is on its way there, the next to land first."""
        self._reachable = True
        self._machine = CommandMachine(
            timing=CommandTiming(
                command_lag=lag,
                raise_interval=raise_interval,
                settles=lag,
                offline_current=offline_current,
            ),
            in_force=may_hold,
        )
        self._lag = lag
        self._ending: list[tuple[float, int, Outcome]] = []
        self._wake_at: float | None = None

    def command(self, current: float, valid_for: float | None, now: float) -> None:
        """Take what was allocated."""
        order = Order(current=current, valid_for=valid_for)
        self._carry_out(self._machine.order(order, now), now)

    def commanded(self, now: float) -> Commanded:
        """Return what became of the commands."""
        return self._machine.commanded(now)

    def live(self, now: float) -> None:
        """Let end what ends, and wake."""
        while self._ending and self._ending[0][0] <= now:
            _, number, outcome = heappop(self._ending)
            self._carry_out(self._machine.ended(number, outcome, now), now)
        if self._wake_at is not None and self._wake_at <= now:
            self._carry_out(self._machine.wake(now), now)

    def see(self, reading: ChargerReading, now: float) -> None:
        """Take what the charger says."""
        self._reachable = reading.status is not ChargerStatus.LOST
        self._carry_out(self._machine.reachable(now, is_=self._reachable), now)
        if not self._reachable:
            return
        plugged = reading.status is not ChargerStatus.DISCONNECTED
        self._carry_out(self._machine.plugged(now, in_=plugged), now)
        if reading.status in CAR_MAY_CHARGE:
            self._carry_out(self._machine.shows(reading.limit, now), now)

    @property
    def user_limit(self) -> float | None:
        """The limit that is taken to have been set at the charger, A."""
        return self._machine.user_limit

    def land(self, now: float) -> Landing | None:
        """Return what lands next, if it does by now."""
        if self.landing and self.landing[0].at <= now:
            return heappop(self.landing)
        return None

    def go_on_from(self, before: Driver) -> None:
        """Take over the line from before a restart, and what is on its way there."""
        self.line, self.hears, self.sent = before.line, before.hears, before.sent
        self.landing = before.landing

    def _carry_out(self, effects: Effects, now: float) -> None:
        self._wake_at = effects.wake_at
        if effects.send is not None:
            self._send(effects.send, now)

    def _send(self, send: Send, now: float) -> None:
        self.sent += 1
        if not (self._reachable or self.hears):
            self._end(send, Outcome.UNREACHABLE, now)
        elif self.line is Line.GOOD:
            self._land(send, now, self._lag)
            self._end(send, Outcome.TAKEN, now)
        elif self.line is Line.SLOW:
            self._land(send, now, SLOW)
            self._end(send, Outcome.TAKEN, now + SLOW)
        elif self.line is Line.REFUSED:
            self._end(send, Outcome.FAILED, now)
        elif self.line is Line.TIMED_OUT:
            self._land(send, now, HANGS_FOR)
            self._end(send, Outcome.FAILED, now + TIMES_OUT_AFTER)

    def _land(self, send: Send, now: float, lag: float) -> None:
        valid_for, current = send.order.valid_for, send.order.current
        expires = inf if valid_for is None else now + valid_for
        heappush(self.landing, Landing(now + lag, send.number, current, expires))

    def _end(self, send: Send, outcome: Outcome, at: float) -> None:
        heappush(self._ending, (at, send.number, outcome))
