"""A raise is worth its command: seldom beside a house that comes and goes, never never."""

import pytest

from custom_components.amp_guard.control.raise_worth import (
    AT_ONCE,
    FORGOTTEN_IN,
    LEAST_CHANGE,
    MOST,
    WORTH,
    RaiseWorth,
)
from custom_components.amp_guard.model import SUPPLY_ID, PhaseValues

from .laws import check
from .plant import Plant
from .sites import charger, home

LONGEST = WORTH * MOST / LEAST_CHANGE
"""s that the smallest raise waits at most."""


def due_after(worth: RaiseWorth, more: float, since: float) -> float:
    """Return the s after which a raise that could be made from a time on is made."""
    waited = 0.0
    while not worth.is_due(more, since + waited):
        waited += 1.0
        assert waited <= LONGEST
    return waited


@pytest.mark.parametrize("changes", [0, 1, 3, 10, 100])
@pytest.mark.parametrize("more", [1.0, 1.7, 3.0, 10.0])
def test_however_often_it_was_changed_what_stays_free_is_given(
    changes: int, more: float
) -> None:
    worth = RaiseWorth()
    for number in range(changes):
        worth.note_change(10.0 * number)
    assert due_after(worth, more, 10.0 * changes) <= LONGEST


@pytest.mark.parametrize("more", [1.0, 2.0, 4.0])
def test_who_was_changed_more_often_waits_for_no_less(more: float) -> None:
    waits = []
    for changes in (1, 2, 4, 8, 16):
        worth = RaiseWorth()
        for number in range(changes):
            worth.note_change(10.0 * number)
        waits.append(due_after(worth, more, 10.0 * changes))
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_who_was_left_alone_for_long_waits_as_at_first() -> None:
    worth = RaiseWorth()
    for number in range(100):
        worth.note_change(10.0 * number)
    later = 1000.0 + 3 * FORGOTTEN_IN
    assert due_after(worth, 2.0, later) == WORTH / 2.0
    assert due_after(RaiseWorth(), AT_ONCE, 0.0) == 0.0


def test_less_than_the_least_change_does_not_begin_to_wait() -> None:
    worth = RaiseWorth()
    assert not worth.is_due(0.9, 0.0)
    assert not worth.is_due(1.0, 1000.0)
    assert worth.is_due(1.0, 1000.0 + WORTH)


@pytest.mark.parametrize("load", [2.0, 5.0])
@pytest.mark.parametrize("every", [45.0, 90.0, 200.0])
def test_a_load_that_comes_and_goes_costs_few_commands(
    load: float, every: float
) -> None:
    """And the car still has most of what it could have beside the load."""
    plant = Plant(home(charger("a"), fuse=25.0))
    plant.outlets["a"].ramp, plant.outlets["a"].lag = 2.0, 2.0
    plant.loads[SUPPLY_ID] = PhaseValues(10.0, 10.0, 10.0)
    plant.settle(120)
    sent, drawn, on = 0, 0.0, False
    for _ in range(int(3600 / every)):
        on = not on
        amps = 10.0 + load * on
        plant.loads[SUPPLY_ID] = PhaseValues(amps, 10.0, 10.0)
        for moment in plant.run(every):
            check(plant, moment)
            sent += moment.decision.allocations["a"].send
            drawn += plant.outlets["a"].draw
    assert sent <= 26
    assert drawn >= 0.9 * 3600 * (15.0 - load - 1.0)
    plant.loads[SUPPLY_ID] = PhaseValues(10.0, 10.0, 10.0)
    plant.settle(LONGEST)
    assert plant.outlets["a"].draw >= 14.0
