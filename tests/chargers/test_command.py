"""The command machine, by properties over random histories.

The charger is worse than any that is known: late, refusing, hanging, silent.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush

from hypothesis import given, strategies as st

from custom_components.amp_guard.chargers.command import (
    LONGEST_PAUSE,
    CommandMachine,
    CommandTiming,
    Order,
    Outcome,
    Send,
)

SETTLES = 60.0
QUIET = 4000.0
"""s after which everything that was under way has ended, and all pauses are over."""
TIMING = CommandTiming(
    command_lag=5.0, raise_interval=20.0, settles=SETTLES, offline_current=6.0
)


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How a charger and its integration treat one attempt: s, and what becomes of it."""

    ends_after: float | None
    """None: the action never returns."""
    outcome: Outcome
    lands_after: float | None
    """None: the charger never gets it."""


@dataclass
class World:
    """A charger with a limit of its own, and the machine that commands it.

    In virtual time. It shows its limit `shows_after` s later, None: never.
    """

    machine: CommandMachine
    shows_after: float | None
    manners: list[Manners]
    limit: float = 16.0
    shown: float | None = None
    now: float = 0.0
    order: Order | None = None
    sent: list[tuple[float, float]] = field(default_factory=list)
    _events: list[tuple[float, int, object]] = field(default_factory=list)
    _count: int = 0
    _wake_at: float | None = None

    def give(self, current: float) -> None:
        self.order = Order(current=current)
        self._carry_out(self.machine.order(self.order, self.now))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            next_event = self._events[0][0] if self._events else float("inf")
            wake = float("inf") if self._wake_at is None else self._wake_at
            at = min(next_event, wake)
            if at > end:
                break
            self.now = max(self.now, at)
            if next_event <= wake:
                self._happen(heappop(self._events)[2])
            else:
                self._wake_at = None
                self._carry_out(self.machine.shows(self.shown, self.now))
                self._carry_out(self.machine.wake(self.now))
            self.check()
        self.now = end

    def check(self) -> None:
        """What holds in every moment."""
        may_hold = self.machine.may_hold(self.now)
        assert may_hold is None or may_hold >= self.limit - 0.01, "room is not kept"

    def _happen(self, event) -> None:
        match event:
            case ("lands", current):
                self.limit = current
                if self.shows_after is not None:
                    self._later(self.shows_after, ("shows", current))
            case ("shows", current):
                self.shown = current
                self._carry_out(self.machine.shows(current, self.now))
            case ("ends", number, outcome):
                self._carry_out(self.machine.ended(number, outcome, self.now))

    def _carry_out(self, effects) -> None:
        self._wake_at = effects.wake_at
        if (send := effects.send) is not None:
            self._send(send)

    def _send(self, send: Send) -> None:
        self.sent.append((self.now, send.order.current))
        manners = self.manners.pop(0) if self.manners else PROMPT
        if manners.lands_after is not None:
            self._later(manners.lands_after, ("lands", send.order.current))
        if manners.ends_after is not None:
            self._later(manners.ends_after, ("ends", send.number, manners.outcome))

    def _later(self, seconds: float, event: object) -> None:
        self._count += 1
        heappush(self._events, (self.now + seconds, self._count, event))


PROMPT = Manners(ends_after=0.3, outcome=Outcome.TAKEN, lands_after=0.2)


@st.composite
def manners(draw, *, drops: bool) -> Manners:
    """Draw how an attempt fares. An action that returned has landed by then if ever."""
    ends_after = draw(st.sampled_from([0.1, 0.8, 4.0, 30.0, 200.0, 3000.0, None]))
    latest = 3000.0 if ends_after is None else ends_after
    lands = draw(st.sampled_from([0.0, 0.5, 1.0])) * latest
    outcome = draw(st.sampled_from([Outcome.TAKEN, Outcome.FAILED, Outcome.BUSY]))
    missed = outcome is not Outcome.TAKEN or drops
    lands_after = draw(st.sampled_from([lands, lands, None])) if missed else lands
    return Manners(ends_after=ends_after, outcome=outcome, lands_after=lands_after)


@st.composite
def histories(draw):
    shows_after = draw(st.sampled_from([0.0, 2.0, 29.0, SETTLES - 1, None]))
    # What a charger that shows nothing says it took, it took: nobody could tell.
    fates = draw(st.lists(manners(drops=shows_after is not None), max_size=12))
    steps = draw(
        st.lists(
            st.tuples(
                st.sampled_from([0.0, 6.0, 7.0, 10.0, 16.0]),
                st.sampled_from([0.2, 1.5, 6.0, 25.0, 90.0, 700.0]),
            ),
            min_size=1,
            max_size=12,
        )
    )
    return shows_after, fates, steps


def world_of(shows_after, fates) -> World:
    machine = CommandMachine(timing=TIMING, in_force=16.0)
    world = World(machine=machine, shows_after=shows_after, manners=list(fates))
    if shows_after is not None:
        world.shown = world.limit
        machine.shows(world.shown, 0.0)
    return world


@given(histories())
def test_room_is_kept_and_the_newest_order_arrives(history) -> None:
    shows_after, fates, steps = history
    world = world_of(shows_after, fates)
    for current, seconds in steps:
        world.give(current)
        world.run(seconds)

    world.run(QUIET + 20 * LONGEST_PAUSE)

    wished = world.order.current
    limit = world.machine.user_limit
    assert world.limit == (wished if limit is None else min(wished, limit))
