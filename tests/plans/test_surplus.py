"""What cars may draw of what would be exported."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.amp_guard.plans import CarPower, Moment
from custom_components.amp_guard.plans.surplus import (
    USUAL_SHORTAGE,
    Battery,
    Surplus,
    SurplusSettings,
    WithMinimum,
)

ALONE, TOGETHER = "alone", "together"
ENABLE, DISABLE = 60.0, 180.0
SETTLED = 200.0
"""s after which the mean is what it is the mean of."""
LEAST = 4140.0
ONE_PHASE = 1380.0


def car(drawn: float = 0.0, **changed: Any) -> CarPower:
    """Return a car on three phases that waits, or draws so many W."""
    settings: dict[str, Any] = {
        "drawn": drawn,
        "least": LEAST,
        "starts_from": LEAST,
        "wants": True,
        "offered": drawn > 0,
        "idle": False,
    }
    return CarPower(**(settings | changed))


class Sky:
    """A plan, its cars, and time; `power` flows at the main fuse, W."""

    def __init__(
        self, *, alone: tuple[str, ...] = (), others: tuple[str, ...] = (), **settings
    ) -> None:
        self.surplus = Surplus(
            SurplusSettings(enable_delay=ENABLE, disable_delay=DISABLE, **settings),
            alone=ALONE,
            together=TOGETHER,
        )
        self.both = WithMinimum(self.surplus)
        self.alone, self.others = alone, others
        self.cars: dict[str, CarPower] = {}
        self.battery: float | None = None
        self.now = 5e5  # the loop's clock does not begin with the plan

    def passes(self, seconds: float, power: float | None) -> None:
        """Look each second for so long."""
        for _ in range(int(seconds)):
            self.now += 1.0
            self.look(power)

    def look(self, power: float | None) -> None:
        moment = Moment(
            time=self.now,
            clock=datetime.fromtimestamp(self.now, UTC),
            power=power,
            cars=dict(self.cars),
            limits={ALONE: self.alone, TOGETHER: self.alone + self.others},
            said={"battery": self.battery},
        )
        self.surplus.look(moment)
        self.both.look(moment)

    @property
    def allowed(self) -> tuple[float, float]:
        """What those may draw that have surplus alone, and all together, W."""
        alone, together = self.surplus.allowed, self.both.allowed
        assert alone is not None
        assert together is not None
        return alone, together


def test_nothing_is_limited_before_anything_is_known() -> None:
    assert Sky().surplus.allowed is Sky().both.allowed is None


def test_what_the_cars_draw_would_be_exported_too() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(5000.0)
    sky.passes(1, -1000.0)
    assert sky.allowed == (6000.0, 6000.0)
    assert sky.surplus.power == 6000.0


def test_what_other_cars_draw_is_the_houses() -> None:
    sky = Sky(alone=("a",))
    sky.cars = {"a": car(5000.0), "fast": car(11000.0)}
    sky.passes(1, 8000.0)
    assert sky.surplus.power == -3000.0


def test_a_start_waits_until_there_has_been_enough_for_long() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car()
    sky.passes(ENABLE, -5000.0)
    assert sky.allowed[0] < LEAST
    sky.passes(1, -5000.0)
    assert sky.allowed[0] == 5000.0


def test_a_gap_between_clouds_starts_nobody() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car()
    for _ in range(10):
        sky.passes(50, -6000.0)
        assert sky.allowed[0] < LEAST
        sky.passes(50, 500.0)
        assert sky.allowed[0] < LEAST


def test_a_cloud_is_waited_for_at_the_minimum() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(7000.0)
    sky.passes(SETTLED, 0.0)
    sky.cars["a"] = car(LEAST)
    sky.passes(DISABLE, 2000.0)
    assert sky.allowed == (LEAST, LEAST)
    sky.passes(SETTLED, -2000.0)
    assert sky.allowed[0] == pytest.approx(LEAST + 2000, abs=5)


@pytest.mark.parametrize(
    ("missing", "lasts"),
    [(0.1, 810.0), (USUAL_SHORTAGE, DISABLE), (0.9, 90.0), (1.0, 81.0)],
)
def test_the_less_comes_from_the_grid_the_longer_the_minimum_is_held(
    missing: float, lasts: float
) -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(LEAST)
    sky.passes(1, 0.0)
    sky.passes(0.8 * lasts, missing * LEAST)
    assert sky.allowed[0] == LEAST
    sky.passes(0.5 * lasts + 30, missing * LEAST)
    assert sky.allowed[0] < LEAST


def test_clouds_that_go_by_add_nothing_up() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(LEAST)
    for _ in range(5):
        sky.passes(0.7 * DISABLE, USUAL_SHORTAGE * LEAST)
        assert sky.allowed[0] == LEAST
        sky.passes(100, -500.0)


def test_what_lasts_longer_than_a_cloud_pauses() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(LEAST)
    sky.passes(DISABLE + 1, 2000.0)
    assert sky.allowed[0] == pytest.approx(LEAST - 2000)
    sky.cars["a"] = car()
    sky.passes(1, LEAST)
    assert sky.allowed[0] == 0.0


def test_a_car_that_comes_starts_no_earlier_than_one_that_stood_there() -> None:
    sky = Sky(alone=("a",))
    sky.passes(SETTLED, -9000.0)
    assert sky.allowed[0] == 0.0
    sky.cars["a"] = car()
    sky.passes(ENABLE, -9000.0)
    assert sky.allowed[0] < LEAST
    sky.passes(2, -9000.0)
    assert sky.allowed[0] == pytest.approx(9000.0)


def test_a_second_car_has_its_own_delay() -> None:
    sky = Sky(alone=("a", "b"))
    sky.cars["a"] = car(6000.0)
    sky.passes(SETTLED, -4000.0)
    assert sky.allowed[0] == pytest.approx(10000.0)
    sky.cars["b"] = car()
    sky.passes(ENABLE, -4000.0)
    assert 6000.0 < sky.allowed[0] < 2 * LEAST
    sky.passes(2, -4000.0)
    assert sky.allowed[0] == pytest.approx(10000.0)


def test_of_two_one_goes_on_where_there_is_enough_for_one() -> None:
    sky = Sky(alone=("a", "b"))
    sky.cars = {"a": car(LEAST), "b": car(LEAST)}
    sky.passes(2 * SETTLED, 2000.0)
    assert sky.allowed[0] == pytest.approx(2 * LEAST - 2000)


def test_a_car_that_may_use_one_phase_is_let_try() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(starts_from=ONE_PHASE)
    sky.passes(SETTLED, -2000.0)
    assert sky.allowed[0] == pytest.approx(2000.0)


def test_the_minimum_of_the_others_comes_first() -> None:
    sky = Sky(alone=("a",), others=("m",))
    sky.cars = {"a": car(), "m": car(LEAST)}
    sky.passes(SETTLED, -1000.0)
    assert sky.allowed[0] == 0.0
    assert sky.allowed[1] == pytest.approx(LEAST + 1000)
    sky.passes(SETTLED, -2 * LEAST)
    assert sky.allowed[0] == pytest.approx(2 * LEAST, abs=1)
    assert sky.allowed[1] == pytest.approx(3 * LEAST, abs=1)


def test_the_minimum_is_there_at_night() -> None:
    sky = Sky(others=("m", "n"))
    sky.cars = {"m": car(LEAST), "n": car()}
    sky.passes(SETTLED, 9000.0)
    assert sky.allowed[1] == 2 * LEAST


def test_who_takes_nothing_keeps_an_offer_and_takes_nothing_from_others() -> None:
    sky = Sky(alone=("a",), others=("m",))
    sky.cars = {"a": car(), "m": car(idle=True)}
    sky.passes(SETTLED, -5000.0)
    assert sky.allowed[0] == pytest.approx(5000.0)
    sky.passes(1000, 1000.0)
    assert sky.allowed[1] == LEAST


def test_a_full_car_counts_for_nothing() -> None:
    sky = Sky(alone=("a",), others=("m",))
    sky.cars = {"a": car(wants=False, offered=True), "m": car(wants=False)}
    sky.passes(SETTLED, 1000.0)
    assert sky.allowed == (0.0, 0.0)


def test_who_is_held_beside_a_minimum_has_both() -> None:
    sky = Sky(alone=("a",), others=("m",))
    sky.cars = {"a": car(LEAST), "m": car(LEAST)}
    sky.passes(DISABLE / 3, 6000.0)
    assert sky.allowed == (LEAST, 2 * LEAST)


@pytest.mark.parametrize("known", [True, False], ids=["a battery", "a meter"])
def test_without_the_figures_nothing_is_surplus(known: bool) -> None:
    battery = Battery(sensor="battery", charging_positive=True, yields=False)
    sky = Sky(alone=("a",), others=("m",), battery=battery)
    sky.battery = 0.0
    sky.cars = {"a": car(6000.0), "m": car(6000.0)}
    sky.passes(SETTLED, -1000.0)
    sky.battery, power = (0.0, None) if known else (None, -1000.0)
    sky.passes(1, power)
    assert sky.surplus.power is None
    assert sky.allowed == (LEAST, 2 * LEAST), "for as long as for a cloud"
    sky.passes(DISABLE, power)
    assert sky.allowed == (0.0, LEAST)
    sky.battery = 0.0
    sky.passes(1, -1000.0)
    assert sky.surplus.power == 13000.0, "no mean with what was before"


@pytest.mark.parametrize(
    ("charging_positive", "yields", "shown", "surplus"),
    [
        (True, False, 2000.0, 3000.0),
        (True, True, 2000.0, 5000.0),
        (True, False, -2000.0, 1000.0),
        (True, True, -2000.0, 1000.0),
        (False, False, -2000.0, 3000.0),
        (False, True, -2000.0, 5000.0),
        (False, False, 2000.0, 1000.0),
    ],
)
def test_what_a_battery_gives_is_no_surplus_and_it_may_be_to_yield(
    charging_positive: bool, yields: bool, shown: float, surplus: float
) -> None:
    battery = Battery(
        sensor="battery", charging_positive=charging_positive, yields=yields
    )
    sky = Sky(alone=("a",), battery=battery)
    sky.battery = shown
    sky.passes(1, -3000.0)
    assert sky.surplus.power == surplus


def test_a_step_of_some_seconds_is_no_step() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(6900.0)
    sky.passes(SETTLED, 0.0)
    sky.passes(3, 2070.0)  # it has risen by 3 A, and has not yet said so
    assert sky.allowed[0] > 6900.0 - 690.0


def test_a_mode_that_is_changed_counts_at_once() -> None:
    sky = Sky(others=("a",))
    sky.cars["a"] = car(8000.0)
    sky.passes(SETTLED, 8000.0)
    sky.alone, sky.others = ("a",), ()
    sky.look(8000.0)
    assert sky.allowed == (LEAST, LEAST)
    sky.alone = ()
    sky.passes(SETTLED, 8000.0)
    assert sky.allowed[0] == 0.0


def test_what_is_little_too_much_for_a_moment_is_left() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(7000.0)
    sky.passes(SETTLED, 0.0)
    sky.passes(15, 300.0)
    assert sky.allowed[0] == 7000.0
    sky.passes(120, 300.0)
    assert sky.allowed[0] == pytest.approx(6700.0, abs=50)


def test_what_is_much_too_much_is_cut_within_a_quarter_of_a_minute() -> None:
    sky = Sky(alone=("a",))
    sky.cars["a"] = car(11000.0)
    sky.passes(SETTLED, 0.0)
    sky.passes(15, 5000.0)
    assert sky.allowed[0] < 9000.0
