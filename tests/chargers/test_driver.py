"""What the driver sends of what it is told, and when."""

import asyncio

import pytest

from .contracts import CONTRACTS, PEBLAR, set_value, turn

LIMIT = "24-01_charge_current_limit"
SWITCH = "24-01_charge"
ZAPTEC = next(c for c in CONTRACTS if c.profile == "zaptec")


# --- limits -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "set_"),
    [(6.0, 6), (6.99, 6), (13.9999, 14), (15.9, 15), (16.0, 16), (40.0, 16)],
)
async def test_whole_amperes_within_the_range(peblar, asked, set_) -> None:
    await peblar.order(asked, None)

    assert peblar.taken() == [set_value(LIMIT, set_)]


@pytest.mark.parametrize("asked", [0.0, 1.0, 5.9])
async def test_below_the_minimum_pauses(peblar, asked) -> None:
    await peblar.order(asked, None)

    assert peblar.taken() == [turn("off", SWITCH)]


async def test_never_above_the_owners_maximum(charger_of) -> None:
    charger = charger_of(PEBLAR)
    driver = charger.drive(max_current=13.0)
    await driver.start()

    driver.command(16.0)
    await charger.settle()
    await driver.stop()

    assert charger.taken() == [set_value(LIMIT, 13)]


async def test_below_what_the_number_takes_pauses(peblar) -> None:
    peblar.set(LIMIT, "16", min=8)

    await peblar.order(7.0, None)

    assert peblar.taken() == [turn("off", SWITCH)]


# --- when it is written -------------------------------------------------------------


async def test_what_was_just_told_is_not_repeated(peblar, later) -> None:
    await peblar.order(10.0)
    await peblar.order(10.4)
    assert len(peblar.taken()) == 1

    await later(peblar.driver.profile.command_lag)
    await peblar.order(10.0)
    assert peblar.taken() == [set_value(LIMIT, 10)]


async def test_a_car_that_does_not_heed_its_limit_is_told_with_growing_pauses(
    peblar, later
) -> None:
    """The charger shows it, and the law orders the same each few seconds."""
    for _ in range(14 * 60 // 5):
        await peblar.order(7.0)
        await later(5.0)

    assert len(peblar.taken()) <= 20


async def test_a_cut_never_waits(peblar) -> None:
    await peblar.order(16.0)
    await peblar.order(10.0)
    await peblar.order(0.0)

    assert peblar.taken() == [
        set_value(LIMIT, 16),
        set_value(LIMIT, 10),
        turn("off", SWITCH),
    ]


async def test_a_raise_waits_its_time(peblar, later) -> None:
    await peblar.order(8.0)
    await peblar.order(12.0)
    assert peblar.taken() == [set_value(LIMIT, 8)]
    assert peblar.driver.commanded().waits_until is not None

    await later(peblar.driver.profile.raise_interval + 0.1)
    assert peblar.taken() == [set_value(LIMIT, 12)]


async def test_a_raise_is_sent_when_its_time_has_come_whatever_its_age(
    charger_of, later
) -> None:
    """Zaptec asks for 15 min between changes; a grant stands for 7."""
    charger = charger_of(ZAPTEC)
    await charger.driver.start()
    await charger.order(6.0)
    await charger.order(16.0, 420.0)
    charger.taken()

    await later(899.0)
    assert charger.taken() == []
    await later(1.1)
    assert charger.taken() == [set_value("abc_charger_max_current", 16)]
    # It does not expire there, and what it may draw is kept free for it.
    await later(500.0)
    assert charger.driver.commanded().may_hold == 16.0


async def test_a_cut_takes_the_place_of_a_raise_that_waits(peblar, later) -> None:
    await peblar.order(8.0)
    await peblar.order(12.0)
    await peblar.order(7.0)
    peblar.taken()

    await later(60.0)
    assert peblar.taken() == []


async def test_the_newest_wins_where_several_wait(peblar) -> None:
    peblar.hangs = asyncio.Event()
    peblar.driver.command(16.0)
    peblar.driver.command(14.0)
    peblar.driver.command(8.0)
    peblar.hangs.set()
    await peblar.settle()

    assert peblar.taken() == [set_value(LIMIT, 16), set_value(LIMIT, 8)]


async def test_nothing_is_sent_after_a_stop(peblar, later) -> None:
    await peblar.order(8.0)
    await peblar.order(12.0)
    peblar.taken()
    await peblar.driver.stop()

    await later(60.0)
    assert peblar.taken() == []

    await peblar.driver.start()
    await later(60.0)
    assert peblar.taken() == []


# --- Peblar's switch that is late ---------------------------------------------------


async def test_a_cut_while_the_switch_still_shows_the_pause(peblar, leap) -> None:
    await peblar.order(0.0, None)
    leap(10.0)
    peblar.obeys = False
    await peblar.order(16.0, None)
    peblar.taken()

    # Its integration has not read the charger again: the number would only be noted.
    await peblar.order(8.0, None)

    assert peblar.taken() == [set_value(LIMIT, 8), turn("on", SWITCH)]


async def test_a_resume_while_the_switch_still_shows_on(peblar, leap) -> None:
    peblar.obeys = False
    await peblar.order(0.0, None)
    leap(10.0)
    peblar.taken()

    # The number goes to the charger; the switch would send the limit of before.
    await peblar.order(8.0, None)

    assert peblar.taken() == [set_value(LIMIT, 8)]
