"""The grid's operator: what it asks is obeyed, held while it is silent, and proved."""

from datetime import timedelta

import pytest

from custom_components.amp_guard.plans.grid_operator import (
    Operator,
    OperatorPlan,
    Silence,
    Zero,
    dimmed,
)

from .household import LEAST, MOST, Household, at

BOX = "sensor.limit"
NAN = float("nan")


def asked(plan: OperatorPlan, said: float | bool | None) -> Household:
    house = Household(plan=plan, clock=at("2026-11-03 18:00"), said={BOX: said})
    house.passes(60)
    return house


def operator(chargers: int = 1, **settings: object) -> OperatorPlan:
    return OperatorPlan(Operator(entity=BOX, chargers=chargers, **settings))


@pytest.mark.parametrize(
    ("chargers", "kilowatts"),
    [(0, 0.0), (1, 4.2), (2, 7.56), (4, 13.02), (9, 19.32), (12, 24.99)],
)
def test_dimmed_a_charger_keeps_its_part(chargers: int, kilowatts: float) -> None:
    assert dimmed(chargers) == pytest.approx(1000 * kilowatts)


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (6000.0, 6000.0),
        (True, 4200.0),
        (False, None),
        (None, None),
        (-5.0, None),
        (NAN, None),
    ],
)
def test_what_is_said_is_obeyed(said: float | bool | None, allowed: float) -> None:
    assert asked(operator(), said).plan.allowed == allowed


@pytest.mark.parametrize(
    ("zero", "allowed"),
    [(Zero.NO_LIMIT, None), (Zero.DIMMED, 4200.0), (Zero.NOTHING, 0.0)],
)
def test_a_zero_means_what_is_configured(zero: Zero, allowed: float | None) -> None:
    assert asked(operator(zero=zero), 0.0).plan.allowed == allowed


@pytest.mark.parametrize(
    ("silence", "allowed"), [(Silence.NO_LIMIT, None), (Silence.DIMMED, 4200.0)]
)
def test_silence_holds_what_was_said_and_then_what_is_configured(
    silence: Silence, allowed: float | None
) -> None:
    house = asked(operator(silence=silence, holds=600.0), 6000.0)
    house.said = {BOX: None}
    house.passes(590)
    assert house.plan.allowed == 6000.0
    house.passes(20)
    assert house.plan.allowed == allowed
    house.said = {BOX: 5000.0}
    house.look()
    assert house.plan.allowed == 5000.0


def test_a_clock_that_is_set_back_does_not_lengthen_it() -> None:
    house = asked(operator(holds=600.0), 6000.0)
    house.said = {}
    house.clock -= timedelta(hours=2)
    house.look()
    assert house.plan.allowed is None


def test_without_an_entity_nothing_is_asked() -> None:
    plan = OperatorPlan(Operator(entity=None, chargers=1))
    assert asked(plan, 5000.0).plan.allowed is None


def test_what_was_asked_and_given_is_proved() -> None:
    house = asked(operator(), 6000.0)
    house.passes(900 - 60)
    house.said = {BOX: 5000.0}
    house.passes(450)
    house.said = {BOX: False}
    house.passes(900)
    first, second = house.plan.proof
    assert first.start == at("2026-11-03 18:00")
    assert first.asked == pytest.approx(6000.0)
    assert first.given == pytest.approx(6000.0, rel=0.02)
    assert first.seconds == pytest.approx(900.0, abs=10)
    assert second.seconds == pytest.approx(450.0, abs=10)
    assert second.asked == pytest.approx(5000.0, rel=0.03)


def test_a_gap_is_no_proof() -> None:
    house = asked(operator(), 6000.0)
    house.pass_by(300)
    house.look()
    [row] = house.plan.proof
    assert row.seconds <= 60.0


def test_the_proof_and_the_limit_outlive_a_restart() -> None:
    house = asked(operator(), 6000.0)
    stored = house.plan.as_dict()
    again = operator()
    again.restore(stored)
    assert [row.start for row in again.proof] == [r.start for r in house.plan.proof]
    house.plan, house.said, house.time = again, {BOX: None}, 5.0
    house.passes(60)
    assert house.plan.allowed == 6000.0
    nothing = operator()
    nothing.restore(operator().as_dict())
    assert nothing.allowed is None


def test_what_is_older_than_two_years_is_forgotten() -> None:
    house = asked(operator(), 6000.0)
    house.clock += timedelta(days=731)
    house.passes(60)
    house.passes(60)
    assert [row.start.year for row in house.plan.proof] == [2028]


def test_a_limit_below_the_least_pauses() -> None:
    house = asked(operator(), LEAST - 1.0)
    assert house.drawn == 0.0
    house.said = {BOX: 2e4}
    house.passes(10)
    assert house.drawn == MOST
    assert house.plan.shown.limit == 2e4
