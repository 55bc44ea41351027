"""What a car has of its own: it may be elsewhere, and has its own schedule."""

import pytest

from custom_components.amp_guard.chargers import Learning
from custom_components.amp_guard.chargers.learning import Learned
from custom_components.amp_guard.model import ChargerStatus

from .contracts import CONTRACTS, TESLA_AMPS, set_value, turn

TESLAS = [c for c in CONTRACTS if c.profile in ("tesla_fleet", "teslemetry", "tessie")]
LOCATION = "VIN1-location"
STATE = "VIN1-charge_state_charging_state"

each_tesla = pytest.mark.parametrize("tesla", TESLAS, ids=lambda c: c.profile)


def switch_of(tesla):
    return next(e.unique_id for e in tesla.entities if e.platform == "switch")


@each_tesla
@pytest.mark.parametrize("place", ["not_home", "Work"])
async def test_a_car_that_charges_elsewhere_is_left_alone(
    charger_of, later, tesla, place: str
) -> None:
    charger = charger_of(tesla)
    await charger.driver.start()
    await charger.order(10.0)
    charger.taken()
    charger.set(LOCATION, place)
    await charger.settle()

    assert charger.driver.read().status is ChargerStatus.DISCONNECTED
    await charger.order(6.0)
    await charger.order(0.0)
    await later(600.0)
    await charger.driver.release(6.0)
    assert charger.taken() == []


@each_tesla
async def test_it_is_limited_again_when_it_comes_home(charger_of, later, tesla) -> None:
    charger = charger_of(tesla)
    charger.set(LOCATION, "not_home")
    await charger.driver.start()
    await charger.order(8.0)
    assert charger.taken() == []

    charger.set(LOCATION, "home")
    await later(120.0)

    assert charger.taken() == [set_value(TESLA_AMPS, 8)]


@each_tesla
@pytest.mark.parametrize("place", ["unknown", "unavailable"])
async def test_a_car_whose_place_is_not_known_is_driven(
    charger_of, tesla, place: str
) -> None:
    charger = charger_of(tesla)
    charger.set(LOCATION, place)
    await charger.driver.start()

    assert charger.driver.read().status is ChargerStatus.CHARGING
    await charger.order(8.0)
    assert charger.taken() == [set_value(TESLA_AMPS, 8)]


@each_tesla
async def test_its_own_schedule_is_not_overridden(charger_of, later, tesla) -> None:
    """Its switch is on only while it charges."""
    charger = charger_of(tesla)
    charger.set(switch_of(tesla), "off")
    charger.set(STATE, "stopped")
    await charger.driver.start()

    reading = charger.driver.read()
    assert (reading.status, reading.limit) == (ChargerStatus.WAITING, None)
    for current in (16.0, 12.0, 16.0):
        await charger.order(current)
        await later(120.0)
    assert {name for name, _ in charger.taken()} == {"number.set_value"}
    assert charger.driver.read().user_limit is None


@each_tesla
async def test_our_own_pause_is_ended_by_us(charger_of, later, tesla) -> None:
    charger = charger_of(tesla)
    await charger.driver.start()
    await charger.order(0.0)
    charger.set(STATE, "stopped")
    assert charger.driver.read().limit == 0.0
    await later(120.0)
    charger.taken()

    await charger.order(10.0)
    await later(120.0)

    assert turn("on", switch_of(tesla)) in charger.taken()


@each_tesla
async def test_our_own_pause_is_ended_by_us_after_a_restart(
    charger_of, later, tesla
) -> None:
    charger = charger_of(tesla)
    charger.set(switch_of(tesla), "off")
    charger.set(STATE, "stopped")
    charger.driver = charger.drive(learning=Learning(Learned(may_hold=0.0)))
    await charger.driver.start()

    await charger.order(10.0)
    await later(120.0)

    assert turn("on", switch_of(tesla)) in charger.taken()
