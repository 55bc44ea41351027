"""A start that is tried beside others: on the first phase, where all may not be free."""

from collections.abc import Iterable

import pytest

from custom_components.amp_guard.model import SUPPLY_ID, Phase, PhaseValues

from .judge import judge
from .plant import Moment, Plant
from .sites import charger, home

L1, L2, L3 = Phase

BESIDE = PhaseValues(2.0, 14.0, 2.0)
"""A on a fuse of 25 A: beside a car on L2 1 A is missing there for a second minimum."""


def beside(*, phases: int, load: PhaseValues = BESIDE) -> Plant:
    """Return a one-phase car on L2 that has had all there is, and a car that comes."""
    plant = Plant(home(charger("a", wiring=(L2,)), charger("b")), phases=(1, phases))
    plant.loads[SUPPLY_ID] = load
    plant.outlets["b"].connected = False
    plant.settle(120)
    assert plant.outlets["a"].draw == 25.0 - load.l2
    plant.outlets["b"].connected = True
    return plant


def never_pauses(
    plant: Plant, name: str, moments: Iterable[Moment]
) -> Iterable[Moment]:
    for moment in moments:
        assert plant.outlets[name].draw >= 6.0
        yield moment


@pytest.mark.parametrize("report_age", [0.0, 10.0, 30.0, None])
@pytest.mark.parametrize("delay", [0.0, 30.0])
def test_one_phase_that_is_free_is_enough_beside_others(
    report_age: float | None, delay: float
) -> None:
    plant = beside(phases=1)
    outlet = plant.outlets["b"]
    outlet.report_age, outlet.start_delay = report_age, delay
    moments = never_pauses(plant, "a", plant.run(600))
    assert judge(plant, moments).seconds == 0.0
    assert outlet.draw == 16.0
    assert plant.outlets["a"].draw == 11.0


@pytest.mark.parametrize("report_age", [0.0, 10.0, 30.0])
@pytest.mark.parametrize("one_phase_first", [0.0, 10.0])
def test_a_three_phase_car_is_tried_seldom_and_takes_nobodys_place(
    report_age: float, one_phase_first: float
) -> None:
    plant = beside(phases=3)
    outlet = plant.outlets["b"]
    outlet.report_age = report_age
    whole, first = outlet.weights, PhaseValues(1.0, 0.0, 0.0)
    starts = 0

    def moments() -> Iterable[Moment]:
        nonlocal starts
        drawn_for = 0.0
        for moment in plant.run(1500):
            drawn_for = drawn_for + 1.0 if outlet.draw else 0.0
            starts += drawn_for == 1.0
            outlet.weights = first if drawn_for < one_phase_first else whole
            yield moment

    verdict = judge(plant, never_pauses(plant, "a", moments()))
    assert starts <= 2
    assert verdict.seconds <= 5.0
    assert verdict.amp_seconds <= 3.25 * 5.0
    assert plant.outlets["a"].draw == 11.0


def test_nobody_is_cut_for_a_start_that_no_fuse_carries() -> None:
    plant = beside(phases=1, load=PhaseValues(2.0, 17.0, 2.0))
    for _ in plant.run(400):
        assert plant.outlets["a"].draw == 8.0
    assert plant.outlets["b"].draw == 0.0


@pytest.mark.parametrize("up", [3.0, 5.0])
def test_a_house_that_rises_while_a_start_is_tried_pauses_who_is_tried(
    up: float,
) -> None:
    """What it may use of the phase was given to nobody, and that is cut for first."""
    plant = beside(phases=3)
    outlet = plant.outlets["b"]
    outlet.start_delay, outlet.report_age = 20.0, 30.0
    while not outlet.limit:
        plant.step()
    plant.settle(5)
    plant.loads[SUPPLY_ID] = PhaseValues(2.0, 14.0 + up, 2.0)
    moments = never_pauses(plant, "a", plant.run(600))
    assert judge(plant, moments).seconds <= 5.0
    assert outlet.draw == 0.0


def test_what_is_kept_free_for_a_start_is_given_to_nobody() -> None:
    plant = beside(phases=1)
    outlet = plant.outlets["b"]
    while not outlet.draw:
        plant.step()
    for moment in plant.run(28):
        assert moment.decision.allocations["a"].current == 6.0
        assert moment.decision.allocations["b"].current == 6.0


def test_two_starts_are_not_tried_at_once_on_what_a_fuse_carries_once() -> None:
    plant = Plant(
        home(
            charger("a", wiring=(L2,)),
            charger("b"),
            charger("c", wiring=(L3, L2, L1)),
        ),
        phases=(1, 3, 3),
    )
    plant.loads[SUPPLY_ID] = BESIDE
    plant.outlets["b"].connected = plant.outlets["c"].connected = False
    plant.settle(120)
    for name in "bc":
        plant.outlets[name].connected = True
        plant.outlets[name].report_age = 10.0
    moments = never_pauses(plant, "a", plant.run(900))
    verdict = judge(plant, moments)
    assert verdict.amp_seconds <= 2 * 3.25 * 15.0
    assert verdict.heat < 1.25


@pytest.mark.parametrize("needs", [8.0, 10.0])
def test_a_car_that_needs_more_is_tried_with_more(needs: float) -> None:
    plant = beside(phases=1, load=PhaseValues(2.0, 11.0, 2.0))
    outlet = plant.outlets["b"]
    outlet.starts_from = needs
    moments = never_pauses(plant, "a", plant.run(900))
    assert judge(plant, moments).seconds == 0.0
    assert outlet.draw == 16.0


def test_a_car_that_takes_nothing_gives_back_what_was_kept_free_for_it() -> None:
    plant = beside(phases=1)
    plant.outlets["b"].wants = 0.0
    plant.settle(600)
    assert plant.outlets["a"].draw == 11.0


def test_a_car_gets_what_it_needs_though_that_is_a_small_raise() -> None:
    """7.5 A are no use to a car that starts from 8 A, and 0.5 A more are."""
    plant = Plant(home(charger("a", resolution=0.5), charger("b", resolution=0.5)))
    plant.loads[SUPPLY_ID] = PhaseValues(9.7, 9.7, 9.7)
    plant.outlets["a"].starts_from = 8.0
    plant.settle(600)
    assert plant.outlets["a"].draw >= 7.0
