"""How many phases a charger is told to use: only while it shows that it is paused."""

import asyncio

import pytest

from custom_components.amp_guard.chargers.phase_switch import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    PATIENCE,
)

from .contracts import Call, set_value, turn

LIMIT, PAUSE, ONE = (
    "24-01_charge_current_limit",
    "24-01_charge",
    "24-01_force_single_phase",
)
STATE, DRAWN = "24-01_cp_state", "24-01_current_phase_{}"


@pytest.fixture
def stands(peblar):
    """Let its car stand still from now on."""

    def stand() -> None:
        peblar.set(STATE, "suspended")
        for phase in (1, 2, 3):
            peblar.set(DRAWN.format(phase), "0")

    return stand


async def told(peblar, phases: int | None = 1) -> list[Call]:
    peblar.driver.command(0.0, phases=phases)
    await peblar.settle()
    return peblar.taken()


async def paused(peblar, stands) -> None:
    await peblar.order(0.0)
    stands()
    await peblar.settle()
    peblar.taken()


async def test_it_is_told_when_its_car_has_stopped(peblar, stands) -> None:
    assert await told(peblar) == [turn("off", PAUSE)]
    peblar.set(STATE, "suspended")
    await peblar.settle()
    assert peblar.taken() == []
    stands()
    await peblar.settle()
    assert peblar.taken() == [turn("on", ONE)]
    assert peblar.driver.read().phases_set == 1


async def test_and_back(peblar, stands) -> None:
    await paused(peblar, stands)
    await told(peblar)
    assert await told(peblar, 3) == [turn("off", ONE)]
    assert peblar.driver.read().phases_set == 3


async def test_it_is_not_told_what_it_shows(peblar, stands) -> None:
    await paused(peblar, stands)
    assert await told(peblar, 3) == []


async def test_it_is_not_told_while_its_pause_is_not_shown(peblar, stands) -> None:
    """Lektrico's integration writes the limit that it has read along with the phases."""
    peblar.obeys = False
    stands()
    assert await told(peblar) == [turn("off", PAUSE)]
    peblar.set(PAUSE, "off")
    await peblar.settle()
    assert peblar.taken() == [turn("on", ONE)]


async def test_it_is_not_let_on_while_it_is_being_set(peblar, stands, later) -> None:
    await paused(peblar, stands)
    peblar.hangs = asyncio.Event()
    assert await told(peblar) == [turn("on", ONE)]
    await later(10.0)
    await peblar.order(10.0)
    assert set_value(LIMIT, 10) not in peblar.taken()
    assert peblar.driver.commanded().current == 0.0
    peblar.hangs.set()
    await later(10.0)
    assert peblar.taken() == [set_value(LIMIT, 10), turn("on", PAUSE)]


async def test_one_that_hangs_is_waited_for_no_longer_than_a_minute(
    peblar, stands, later
) -> None:
    await paused(peblar, stands)
    hangs = peblar.hangs = asyncio.Event()
    await told(peblar)
    peblar.hangs = None
    await peblar.order(10.0)
    await later(PATIENCE + 1.0)
    assert set_value(LIMIT, 10) in peblar.taken()
    hangs.set()


async def test_a_refusal_is_tried_again_and_told_until_it_is_dropped(
    peblar, stands, later
) -> None:
    await paused(peblar, stands)
    peblar.refusal = "not activated"
    assert await told(peblar) == [turn("on", ONE)]
    assert peblar.driver.trouble(peblar.driver.read()).state == "not activated"
    assert await told(peblar) == []
    tries = 0
    for _ in range(30):
        await later(FIRST_PAUSE)
        tries += peblar.taken().count(turn("on", ONE))
    assert 3 <= tries <= 30 * FIRST_PAUSE / LONGEST_PAUSE + 4
    assert turn("on", ONE) not in await told(peblar, None)
    peblar.refusal = None
    await later(LONGEST_PAUSE)
    await peblar.order(0.0)
    assert peblar.driver.trouble(peblar.driver.read()) is None


async def test_what_it_took_and_does_not_show_is_tried_again(
    peblar, stands, later
) -> None:
    await paused(peblar, stands)
    peblar.obeys = False
    assert await told(peblar) == [turn("on", ONE)]
    await later(peblar.driver.profile.settling_time + 1.0)
    assert peblar.taken() == [turn("on", ONE)]


async def test_who_is_released_is_set_no_more(peblar) -> None:
    assert await told(peblar) == [turn("off", PAUSE)]
    releasing = asyncio.create_task(peblar.driver.release(0.0))
    await peblar.settle()
    peblar.set(STATE, "suspended")
    await releasing
    assert turn("on", ONE) not in peblar.taken()


async def test_a_release_waits_for_what_is_being_set(peblar, stands, later) -> None:
    await paused(peblar, stands)
    hangs = peblar.hangs = asyncio.Event()
    await told(peblar)
    peblar.hangs = None
    releasing = asyncio.create_task(peblar.driver.release(6.0))
    await peblar.settle()
    assert not releasing.done()
    hangs.set()
    await releasing
    assert peblar.driver.left_at == 6.0
