"""The command machine, by properties over random histories and in single moments."""

from hypothesis import given, strategies as st

from custom_components.amp_guard.chargers.attempt import Outcome
from custom_components.amp_guard.chargers.command import LONGEST_PAUSE
from tests.properties import examples

from .command_world import DISPLAYS, OFFLINE, Fate, World

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
    world.run(QUIET)

    assert world.limit in expected(world)
    if world.machine.is_quiet(world.now):
        assert not world.machine.is_failing


def expected(world: World) -> set[float]:
    """Return the limits that it may have in the end."""
    has, falls_back_to = {world.target}, {min(world.target, OFFLINE)}
    if world.order.valid_for is None:
        return has
    if world.has_dropped or world.has_user:
        # One that it had before, or that somebody has set, does not expire.
        return has | falls_back_to
    return falls_back_to
