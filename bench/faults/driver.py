"""The driver of a charger in virtual time: the command machine, and who obeys it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import floor, inf

from custom_components.amp_guard.chargers.attempt import (
    CommandTiming,
    Effects,
    Order,
    Send,
)
from custom_components.amp_guard.chargers.command import CommandMachine
from custom_components.amp_guard.chargers.driver import CAR_MAY_CHARGE
from custom_components.amp_guard.chargers.profile import ASK_INTERVAL
from custom_components.amp_guard.model import (
    Charger,
    ChargerReading,
    ChargerStatus,
    Commanded,
)

from .agenda import Action, Agenda
from .link import READS_IN, SETTLES, Link

RAISE_INTERVAL = 5.0
SAVE_DELAY = 60.0
"""s until what is less is stored; a raise is at once, as in `loop/memory.py`."""
ROUNDING = 1e-6

type Later = Callable[[float, Action], None]


@dataclass(kw_only=True, slots=True)
class Stored:
    """What outlives Home Assistant of one charger: A that may be in force, a ceiling."""

    may_hold: float | None = None
    user_limit: float | None = None


class Driver:
    """Does with one charger what `chargers/driver.py` does in Home Assistant.

    What it is woken for, and what ends, reaches it by `later`, which may be late or
    never come; `on_change` is told of news.
    """

    def __init__(
        self,
        charger: Charger,
        link: Link,
        stored: Stored,
        *,
        agenda: Agenda,
        later: Later,
        on_change: Action,
    ) -> None:
        self.link = link
        self.lost_until = 0.0
        """s from which on its integration has set it up."""
        self._charger = charger
        self._stored = stored
        self._agenda = agenda
        self._later = later
        self._on_change = on_change
        self._asked_at = -inf
        self._wakes = 0
        self._saves = False
        self.machine = CommandMachine(
            CommandTiming(
                command_lag=charger.command_lag,
                raise_interval=RAISE_INTERVAL,
                settles=SETTLES,
                offline_current=charger.offline_current,
            ),
            in_force=stored.may_hold,
            user_limit=stored.user_limit,
        )

    # --- reading --------------------------------------------------------------------

    def reading(self) -> ChargerReading:
        """Return what the charger says now."""
        if self._agenda.now < self.lost_until:
            return ChargerReading(status=ChargerStatus.LOST)
        reading = self.link.reading()
        if reading.status is ChargerStatus.LOST:
            return reading
        return replace(reading, user_limit=self.machine.user_limit)

    def commanded(self) -> Commanded:
        """Return what became of what it was commanded."""
        return self.machine.commanded(self._agenda.now)

    def read(self) -> None:
        """Have its integration look."""
        if self.link.read():
            self.see()
            self._carry_out(self.machine.changed(self._agenda.now))
            self._on_change()

    def see(self) -> None:
        """Tell the machine what the charger says now."""
        reading, now = self.reading(), self._agenda.now
        lost = reading.status is ChargerStatus.LOST
        self._carry_out(self.machine.reachable(now, is_=not lost))
        if lost:
            return
        plugged = reading.status is not ChargerStatus.DISCONNECTED
        self._carry_out(self.machine.plugged(now, in_=plugged))
        if reading.status in CAR_MAY_CHARGE:
            self._carry_out(self.machine.shows(reading.limit, now))

    def ask(self) -> None:
        """Have its integration look anew, as often as it bears."""
        if self._agenda.now - self._asked_at >= ASK_INTERVAL:
            self._asked_at = self._agenda.now
            self._later(READS_IN, self.read)

    # --- commanding -----------------------------------------------------------------

    def command(
        self, current: float, valid_for: float | None = None, *, at_once: bool = False
    ) -> None:
        """Give it a limit, A."""
        step, least = self._charger.resolution, self._charger.min_current
        current = min(current, self._charger.max_current)
        current = floor((current + ROUNDING) / step) * step
        order = Order(
            current=current if current >= least else 0.0,
            valid_for=valid_for if self.link.manner.expires else None,
            at_once=at_once,
        )
        self._carry_out(self.machine.order(order, self._agenda.now))

    def hurry(self, *, heeds: bool) -> None:
        """Take that its fuse is overloaded."""
        self._carry_out(self.machine.hurry(self._agenda.now, heeds=heeds))

    def _carry_out(self, effects: Effects) -> None:
        self._wakes += 1
        if effects.wake_at is not None:
            number, at = self._wakes, effects.wake_at
            self._later(at - self._agenda.now, lambda: self._wake(number, at))
        if effects.send is not None:
            self._send(effects.send)
        self._keep()

    def _wake(self, number: int, at: float) -> None:
        if number != self._wakes:
            return  # another one took its place
        self.see()
        self._carry_out(self.machine.wake(max(at, self._agenda.now)))

    def _send(self, send: Send) -> None:
        fate = self.link.take(send.order)

        def end() -> None:
            now = self._agenda.now
            self._carry_out(self.machine.ended(send.number, fate.outcome, now))
            self.see()
            self._on_change()

        self._later(fate.ends_after, end)

    def _keep(self) -> None:
        stored, may_hold = self._stored, self.machine.may_hold(self._agenda.now)
        stored.user_limit = self.machine.user_limit
        if may_hold is None or may_hold == stored.may_hold:
            return
        if stored.may_hold is None or may_hold > stored.may_hold:
            stored.may_hold = may_hold
        elif not self._saves:
            self._saves = True
            self._later(SAVE_DELAY, self._keep_less)

    def _keep_less(self) -> None:
        self._saves = False
        self._stored.may_hold = self.machine.may_hold(self._agenda.now)
