"""Current sensors that sit wrong are found by what the chargers do, and only those."""

from collections.abc import Callable
from random import Random

import pytest

from custom_components.amp_guard.meters.current_sensors import CurrentSensors, Misplaced
from custom_components.amp_guard.model import Phase, PhaseValues

L1, L2, L3 = Phase

type Sees = Callable[[list[float]], list[float]]


def right(amps: list[float]) -> list[float]:
    return amps


def l2_turned(amps: list[float]) -> list[float]:
    return [amps[0], -amps[1], amps[2]]


def l1_and_l2_swapped(amps: list[float]) -> list[float]:
    return [amps[1], amps[0], amps[2]]


class Evening:
    """A car that charges, pauses and charges again behind a restless house."""

    def __init__(self, seed: int = 1, *, phases: int = 3, lateness: int = 0) -> None:
        self.rng = Random(seed)
        self.sensors = CurrentSensors()
        self.time = 0.0
        self.house = [2.0, 3.0, 1.0]
        self.car = 0.0
        self.phases = phases
        self.lateness = lateness
        self.past: list[float] = [0.0] * 10

    def goes_on(self, steps: int, sees: Sees) -> None:
        """Let so many times the car begin to charge or pause."""
        for _ in range(steps):
            self.car = 0.0 if self.car else self.rng.uniform(8.0, 16.0)
            for _ in range(12):
                self.time += 10.0
                if self.rng.random() < 0.05:
                    self.house[self.rng.randrange(3)] = self.rng.uniform(0.0, 12.0)
                self.past.append(self.car)
                told = self.past[-1 - self.lateness]
                true = [
                    house
                    + self.rng.uniform(-0.3, 0.3)
                    + (self.car if phase < self.phases else 0.0)
                    for phase, house in enumerate(self.house)
                ]
                drawn = [told if phase < self.phases else 0.0 for phase in Phase]
                self.sensors.take(
                    self.time, PhaseValues(*drawn), PhaseValues(*sees(true))
                )


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("phases", [1, 3])
@pytest.mark.parametrize("lateness", [0, 2])
def test_sensors_that_sit_right_are_let_alone(
    seed: int, phases: int, lateness: int
) -> None:
    evening = Evening(seed, phases=phases, lateness=lateness)
    for _ in range(30):
        evening.goes_on(1, right)
        assert not evening.sensors.misplaced


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("lateness", [0, 2])
def test_a_turned_sensor_is_found_and_forgiven(seed: int, lateness: int) -> None:
    evening = Evening(seed, lateness=lateness)
    evening.goes_on(15, l2_turned)
    assert evening.sensors.misplaced == {Misplaced(L2, None)}
    evening.goes_on(6, right)
    assert not evening.sensors.misplaced


@pytest.mark.parametrize("seed", range(10))
def test_swapped_sensors_are_found_by_a_one_phase_car(seed: int) -> None:
    evening = Evening(seed, phases=1)
    evening.goes_on(20, l1_and_l2_swapped)
    assert evening.sensors.misplaced == {Misplaced(L1, L2)}
    evening.goes_on(6, right)
    assert not evening.sensors.misplaced


def test_once_is_no_proof() -> None:
    evening = Evening()
    evening.goes_on(2, l2_turned)
    assert not evening.sensors.misplaced
