"""The command machine's rules, each in the moment for which it is there."""

from custom_components.amp_guard.chargers.attempt import (
    CommandTiming,
    Effects,
    Order,
    Outcome,
)
from custom_components.amp_guard.chargers.command import CommandMachine
from custom_components.amp_guard.chargers.pauses import LONGEST_PAUSE_OF_CUT

SETTLES = 60.0
RAISE_INTERVAL = 20.0
TIMING = CommandTiming(
    command_lag=5.0,
    raise_interval=RAISE_INTERVAL,
    settles=SETTLES,
    offline_current=6.0,
)


def machine_at(limit: float) -> CommandMachine:
    """Return the machine of a charger that shows its limit, A."""
    machine = CommandMachine(TIMING, in_force=limit)
    machine.shows(limit, 0.0)
    return machine


def sent(effects: Effects) -> float | None:
    return None if effects.send is None else effects.send.order.current


def take(machine: CommandMachine, current: float, now: float, **order: object) -> None:
    """Order, have it taken at once, and shown when nothing older can be shown."""
    effects = machine.order(Order(current=current, **order), now)
    machine.ended(effects.send.number, Outcome.TAKEN, now + 0.1)
    machine.shows(current, now + 0.2)
    machine.shows(current, now + SETTLES + 1.0)


def test_what_has_not_left_cannot_hold() -> None:
    machine = machine_at(6.0)
    effects = machine.order(Order(current=16.0), 100.0)
    assert sent(effects) == 16.0
    assert machine.may_hold(100.0) == 16.0

    machine.ended(effects.send.number, Outcome.UNREACHABLE, 100.1)

    assert machine.may_hold(100.1) == 6.0


def test_what_failed_may_hold() -> None:
    machine = machine_at(6.0)
    effects = machine.order(Order(current=16.0), 100.0)

    machine.ended(effects.send.number, Outcome.FAILED, 100.1)

    assert machine.may_hold(100.1) == 16.0


def test_the_same_for_good_is_sent_where_the_last_one_expires() -> None:
    machine = machine_at(16.0)
    take(machine, 10.0, 100.0, valid_for=420.0)

    effects = machine.order(Order(current=10.0), 200.0)

    assert sent(effects) == 10.0
    assert effects.send.order.valid_for is None


def test_a_stop_waits_for_no_interval() -> None:
    machine = machine_at(16.0)
    take(machine, 0.0, 100.0)
    effects = machine.order(Order(current=7.0), 165.0)
    machine.ended(effects.send.number, Outcome.TAKEN, 165.1)
    machine.shows(7.0, 165.2)
    assert sent(machine.order(Order(current=8.0), 170.0)) is None

    assert sent(machine.order(Order(current=8.0, at_once=True), 171.0)) == 8.0


def test_what_failed_and_is_shown_is_not_sent_again() -> None:
    machine = machine_at(16.0)
    effects = machine.order(Order(current=8.0), 100.0)
    machine.shows(8.0, 101.0)

    machine.ended(effects.send.number, Outcome.FAILED, 102.0)

    assert not machine.is_failing
    assert sent(machine.wake(200.0)) is None


def test_who_shows_more_than_ordered_is_told_within_the_pause_of_a_cut() -> None:
    """Though the pauses of a raise that failed have grown beyond that."""
    machine = machine_at(6.0)
    now, effects = 100.0, machine.order(Order(current=10.0), 100.0)
    for _ in range(9):
        machine.ended(effects.send.number, Outcome.FAILED, now)
        while (effects := machine.wake(now)).send is None:
            now = effects.wake_at
    machine.ended(effects.send.number, Outcome.FAILED, now)

    machine.shows(16.0, now + SETTLES + 1.0)
    effects = machine.wake(now + SETTLES + 1.0 + LONGEST_PAUSE_OF_CUT)

    assert sent(effects) == 10.0


def test_an_expired_limit_that_fell_back_is_nobodys() -> None:
    machine = machine_at(16.0)
    take(machine, 10.0, 100.0, valid_for=420.0)

    machine.shows(6.0, 700.0)

    assert machine.user_limit is None


def test_a_lower_order_that_lands_late_is_not_the_users() -> None:
    machine = machine_at(16.0)
    first = machine.order(Order(current=6.0), 100.0)
    # Its end is not known, but it is shown: a raise may go out beside it.
    machine.shows(6.0, 101.0)
    second = machine.order(Order(current=10.0), 200.0)
    assert sent(second) == 10.0
    machine.ended(second.send.number, Outcome.TAKEN, 200.1)
    machine.shows(10.0, 201.0)

    effects = machine.shows(6.0, 400.0)  # only now the first one lands for good

    assert machine.user_limit is None
    again = sent(effects) or sent(machine.wake(401.0))
    assert again == 10.0
    assert first.send.number != second.send.number


def test_no_raise_beside_a_raise_that_hangs() -> None:
    machine = machine_at(6.0)
    assert sent(machine.order(Order(current=10.0), 100.0)) == 10.0

    assert sent(machine.order(Order(current=16.0), 200.0)) is None
    assert sent(machine.wake(300.0)) is None


def test_a_cut_beside_a_raise_that_hangs_and_again_when_that_ends() -> None:
    machine = machine_at(6.0)
    hanging = machine.order(Order(current=16.0), 100.0)
    waits = machine.order(Order(current=7.0), 100.2)
    assert sent(waits) is None
    cut = machine.wake(101.1)
    assert sent(cut) == 7.0
    machine.ended(cut.send.number, Outcome.TAKEN, 101.2)
    machine.shows(7.0, 101.3)

    assert sent(machine.ended(hanging.send.number, Outcome.TAKEN, 110.0)) == 7.0
