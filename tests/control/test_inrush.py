"""Sudden rises: what is known to be brief is carried by the fuse, and nobody pauses."""

import pytest

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    FuseType,
    Phase,
    PhaseValues,
    Supply,
)

from .plant import Plant
from .sites import charger, home

MELTS = 1.5625


def filled(fuse: float = 25.0, kind: FuseType = FuseType.GG) -> Plant:
    """Return a home whose car takes all that 14 A of house leave of the fuse."""
    supply = Supply(supply_max_current=fuse, fuse_type=kind)
    plant = Plant(home(charger("a"), supply=supply, fuse=fuse))
    plant.outlets["a"].lag = 3.0
    house(plant)
    plant.settle(120)
    assert plant.outlets["a"].draw == fuse - 14.0
    return plant


def house(plant: Plant, more: float = 0.0) -> None:
    plant.loads[SUPPLY_ID] = PhaseValues(14.0 + more, 14.0, 14.0)


def live(plant: Plant, seconds: float, each: float) -> bool:
    """Let time pass; return whether the car was to pause. The fuse must hold."""
    paused = False
    for moment in plant.run(seconds, each):
        paused = paused or moment.decision.allocations["a"].current == 0.0
        assert moment.decision.nodes[SUPPLY_ID].heat[Phase.L1] < MELTS
    return paused


def start_motor(
    plant: Plant, inrush: float, lasts: float = 1.0, *, each: float = 1.0
) -> bool:
    """Let a motor start, and run 6 minutes; return whether the car was to pause."""
    house(plant, inrush)
    paused = live(plant, lasts, each)
    house(plant)
    return live(plant, 360.0 - lasts, each) or paused


@pytest.mark.parametrize("lasts", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("inrush", [8.0, 12.0, 14.0])
def test_a_motor_whose_start_is_known_pauses_nobody(
    inrush: float, lasts: float
) -> None:
    plant = filled()
    paused = [start_motor(plant, inrush, lasts) for _ in range(8)]
    assert not any(paused[2:]), paused


@pytest.mark.parametrize("each", [2.0, 3.0])
def test_so_does_one_that_a_slower_meter_sees(each: float) -> None:
    plant = filled()
    paused = [start_motor(plant, 10.0, each, each=each) for _ in range(8)]
    assert not any(paused[2:]), paused


def test_a_start_that_lasts_longer_than_any_before_pauses_the_car() -> None:
    plant = filled()
    for _ in range(4):
        start_motor(plant, 12.0)
    house(plant, 12.0)
    assert live(plant, 2.0, 1.0)


def test_more_than_the_fuse_bears_for_that_long_pauses_the_car() -> None:
    plant = filled()
    for _ in range(4):
        start_motor(plant, 24.0)
    house(plant, 24.0)
    assert live(plant, 1.0, 1.0)


def test_a_breaker_is_never_let_to_bear_it() -> None:
    plant = filled(kind=FuseType.BREAKER)
    for _ in range(4):
        start_motor(plant, 12.0)
    house(plant, 12.0)
    assert live(plant, 1.0, 1.0)


def test_a_rise_is_no_excuse_for_what_was_there_before_it() -> None:
    """A known start comes when the house leaves no minimum even without it."""
    plant = filled()
    for _ in range(4):
        start_motor(plant, 12.0)
    plant.loads[SUPPLY_ID] = PhaseValues(14.0, 23.0, 14.0)
    assert live(plant, 2.0, 1.0)
