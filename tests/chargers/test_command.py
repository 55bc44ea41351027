"""The command machine, by properties over random histories and in single moments."""

from hypothesis import given, strategies as st

from custom_components.amp_guard.chargers.attempt import Order, Outcome
from custom_components.amp_guard.chargers.command import BESIDE_AFTER, CommandMachine
from custom_components.amp_guard.chargers.pauses import (
    BUSY_PAUSE_OF_CUT,
    HURRIED_PAUSE,
    LONGEST_PAUSE,
)
from tests.properties import examples

from .command_world import (
    DISPLAYS,
    OFFLINE,
    PROMPT,
    PUSHED,
    SETTLES,
    TIMING,
    Fate,
    World,
)

LIMITS = (0.0, 6.0, 7.0, 10.0, 16.0)
HISTORIES = examples(100, thorough=10_000)
QUIET = 4000.0 + 20 * LONGEST_PAUSE
"""s after which all that was under way has ended, and all pauses are over."""


@st.composite
def fates(draw, *, drops: bool) -> Fate:
    """Draw what becomes of an attempt. One that returned has landed by then if ever."""
    ends_after = draw(st.sampled_from([0.1, 0.8, 4.0, 30.0, 200.0, 3000.0, None]))
    latest = 3000.0 if ends_after is None else ends_after
    lands = draw(st.sampled_from([0.0, 0.5, 1.0])) * latest
    outcome = draw(st.sampled_from([Outcome.TAKEN, Outcome.FAILED, Outcome.BUSY]))
    missed = outcome is not Outcome.TAKEN or drops
    lands_after = draw(st.sampled_from([lands, lands, None])) if missed else lands
    return Fate(ends_after=ends_after, outcome=outcome, lands_after=lands_after)


limits = st.sampled_from(LIMITS)
steps = st.one_of(
    st.tuples(st.just("give"), limits, st.sampled_from([None, None, 90.0, 420.0])),
    st.tuples(st.just("give"), limits, st.just(None)),
    st.tuples(st.just("release"), st.just(OFFLINE)),
    st.tuples(st.just("set"), limits),
    st.tuples(st.just("plug"), st.booleans()),
    st.tuples(st.just("lose"), st.sampled_from([None, None, 6.0, 16.0])),
    st.tuples(st.just("find")),
    st.tuples(st.just("lack"), st.booleans()),
    st.tuples(st.just("overload"), st.booleans()),
)
waits = st.sampled_from([0.0, 0.2, 1.5, 6.0, 25.0, 90.0, 700.0])


@st.composite
def histories(draw):
    display = draw(st.sampled_from(DISPLAYS))
    # What one that shows nothing says it took, it took: nobody could tell.
    drawn = draw(st.lists(fates(drops=display is not None), max_size=12))
    return display, drawn, draw(st.lists(st.tuples(steps, waits), max_size=14))


def happen(world: World, step) -> None:
    match step:
        case ("give", current, valid_for):
            world.give(current, valid_for)
        case ("release", current):
            world.release(current)
        case ("set", current) if world.display is not None:
            world.set_at_the_charger(current)
        case ("plug", in_):
            world.plug(in_=in_)
        case ("lose", forgets):
            world.lose(forgets=forgets)
        case ("find",):
            world.find()
        case ("lack", is_):
            world.lack(is_=is_)
        case ("overload", heeds):
            world.overload(20.0, heeds=heeds)


@given(histories())
@HISTORIES
def test_room_is_kept_cuts_arrive_and_the_newest_order_stands(history) -> None:
    display, drawn, story = history
    world = World(display, drawn)
    world.give(10.0)
    for step, seconds in story:
        happen(world, step)
        world.run(seconds)

    world.find()
    world.lack(is_=False)
    world.plug(in_=True)
    settle(world)

    assert world.limit in expected(world)
    if world.machine.is_quiet(world.now):
        assert not world.machine.is_failing


def settle(world: World) -> None:
    """Let time pass until nothing has been sent for long."""
    sent = -1
    while len(world.sent) != sent:
        sent = len(world.sent)
        world.run(QUIET)


def expected(world: World) -> set[float]:
    """Return the limits that it may have in the end."""
    has, falls_back_to = {world.target}, {min(world.target, OFFLINE)}
    if world.order.valid_for is None:
        return has
    if world.has_dropped or world.has_user:
        # One that it had before, or that somebody has set, does not expire.
        return has | falls_back_to
    return falls_back_to


REFUSES = Fate(ends_after=0.1, outcome=Outcome.FAILED, lands_after=None)
IS_BUSY = Fate(ends_after=0.1, outcome=Outcome.BUSY, lands_after=None)
HANGS = Fate(ends_after=None, outcome=Outcome.TAKEN, lands_after=None)
DROPS = Fate(ends_after=0.1, outcome=Outcome.TAKEN, lands_after=None)
unwilling = st.sampled_from([REFUSES, IS_BUSY, HANGS])
displays = st.sampled_from(DISPLAYS)
CYCLES = 120
"""Of the loop in 10 min, an order in each."""


def sent_in_10_min(world: World, *orders: float) -> int:
    for number in range(CYCLES):
        world.give(orders[number % len(orders)])
        world.run(5.0)
    return len(world.sent)


@given(displays, unwilling, limits)
@examples(30)
def test_one_that_refuses_or_hangs_is_not_kept_busy(display, fate, current) -> None:
    assert sent_in_10_min(World(display, fate_of_rest=fate), current) <= 25


@given(displays, unwilling, limits, limits)
@examples(30)
def test_nor_by_orders_that_go_up_and_down(display, fate, one, other) -> None:
    assert sent_in_10_min(World(display, fate_of_rest=fate), one, other) <= 30


@given(displays, unwilling, limits, limits)
@examples(30)
def test_nor_while_no_car_is_there(display, fate, one, other) -> None:
    world = World(display, fate_of_rest=fate)
    world.plug(in_=False)

    assert sent_in_10_min(world, one, other) <= 3


@given(displays.filter(bool), limits)
@examples(30)
def test_one_that_takes_and_does_nothing_is_not_kept_busy(display, current) -> None:
    assert sent_in_10_min(World(display, fate_of_rest=DROPS), current) <= 20


@given(displays, limits)
@examples(30)
def test_one_that_does_as_it_is_told_is_left_alone(display, current) -> None:
    world = World(display)
    world.give(current)
    world.run(QUIET)

    assert len(world.sent) == 1
    assert world.machine.user_limit is None


@given(displays, st.lists(st.tuples(limits, waits), min_size=1), unwilling)
@examples(30)
def test_a_cut_goes_out_within_a_second_whatever_hangs(display, orders, fate) -> None:
    world = World(display, fate_of_rest=fate)
    lowest = 99.0
    for current, seconds in orders:
        world.give(current)
        if current < lowest:
            lowest = current
            world.run(BESIDE_AFTER)
            assert world.sent[-1][1] == current
        world.run(seconds)


@given(displays, unwilling, st.integers(0, 120), st.floats(10.0, 200.0))
@examples(30)
def test_a_cut_arrives_soon_after_whatever_kept_it_while_its_fuse_is_overloaded(
    display, fate, calm, unwilling_for
) -> None:
    """How often it failed before must not matter: a fuse has a minute."""
    world = World(display, fate_of_rest=fate)
    world.give(7.0)
    world.run(float(calm))
    world.overload(min(unwilling_for, 4 * HURRIED_PAUSE))

    world.fate_of_rest = PROMPT
    world.overload(BUSY_PAUSE_OF_CUT + 1.0)

    assert world.limit == 7.0


@given(displays, unwilling, st.booleans())
@examples(30)
def test_nor_is_it_kept_busy_then(display, fate, heeds) -> None:
    world = World(display, fate_of_rest=fate)
    world.give(7.0)
    world.overload(600.0, heeds=heeds)

    assert len(world.sent) <= 600.0 / HURRIED_PAUSE + 4


@given(displays.filter(bool))
@examples(30)
def test_who_took_its_cut_and_heeds_it_is_left_alone_on_an_overloaded_fuse(
    display,
) -> None:
    world = World(display)
    world.give(7.0)
    world.overload(600.0)

    assert len(world.sent) == 1


@given(displays)
@examples(30)
def test_a_cut_that_is_taken_and_not_heeded_is_sent_again_soon(display) -> None:
    world = World(display)
    world.give(7.0)
    world.run(100.0)
    before = len(world.sent)
    world.overload(60.0, heeds=False)

    assert len(world.sent) - before >= 60.0 / HURRIED_PAUSE - 1


@given(displays.filter(bool), limits.filter(bool))
@examples(30)
def test_a_limit_that_its_user_lowers_is_kept_also_right_after_a_renewal(
    display, current
) -> None:
    world = World(display)
    world.give(current)
    world.run(3 * SETTLES)
    world.give(current)
    world.run(0.5)
    world.set_at_the_charger(current - 1.0)
    times = len(world.sent)
    world.run(QUIET)

    assert world.machine.user_limit == world.limit == current - 1.0
    assert len(world.sent) == times


def test_what_could_not_be_sent_is_sent_when_it_can_be_reached_again() -> None:
    world = World(PUSHED)
    world.give(6.0)
    world.run(300.0)
    world.lose()
    world.give(10.0)
    world.run(1.0)
    world.find()
    world.run(1.0)

    assert world.limit == 10.0


def test_what_is_lacking_costs_nothing_until_something_changes() -> None:
    world = World(PUSHED)
    world.lack(is_=True)
    world.give(10.0)
    world.run(QUIET)
    assert len(world.sent) == 1

    world.lack(is_=False)
    world.run(2.0)
    assert world.limit == 10.0


def test_an_end_after_more_than_an_hour_may_be_of_something_that_has_landed() -> None:
    machine = CommandMachine(TIMING, in_force=6.0)
    slow = machine.order(Order(current=16.0), 0.0).send
    assert machine.order(Order(current=7.0), 0.5).send is None
    cut = machine.wake(1.0).send
    machine.ended(cut.number, Outcome.TAKEN, 1.5)
    again = machine.wake(3600.0).send
    machine.ended(again.number, Outcome.TAKEN, 3600.5)
    assert machine.is_quiet(4000.0)

    effects = machine.ended(slow.number, Outcome.TAKEN, 5000.0)

    assert effects.send.order.current == 7.0


def test_what_one_that_is_lost_is_said_to_have_taken_may_never_have_arrived() -> None:
    """An integration whose charger is gone may only log that; it shows no limit."""
    machine = CommandMachine(TIMING, in_force=16.0)
    machine.reachable(0.0, is_=False)
    cut = machine.order(Order(current=7.0), 1.0).send
    machine.ended(cut.number, Outcome.TAKEN, 1.5)
    assert machine.may_hold(2.0) == 16.0

    again = machine.reachable(10.0, is_=True).send
    machine.ended(again.number, Outcome.TAKEN, 10.5)
    assert machine.may_hold(11.0) == 7.0


def test_a_cut_that_fails_says_nothing_of_what_was_never_known() -> None:
    machine = CommandMachine(TIMING)
    cut = machine.order(Order(current=7.0), 0.0).send
    assert machine.may_hold(0.1) is None
    machine.ended(cut.number, Outcome.FAILED, 0.5)
    assert machine.may_hold(1.0) is None

    machine.shows(16.0, 2.0)
    assert machine.may_hold(2.0) == 16.0
