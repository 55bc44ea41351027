"""A limit that is shown and was not sent: the user's own, or one that was not taken."""

from .contracts import set_value, turn

LIMIT = "24-01_charge_current_limit"
SWITCH = "24-01_charge"
STATE = "24-01_cp_state"


async def test_a_limit_lowered_at_the_charger_is_kept_until_unplugged(
    peblar, later
) -> None:
    await peblar.order(16.0)
    await later(60.0)
    peblar.set(LIMIT, "9")
    await peblar.settle()
    assert peblar.driver.read().user_limit == 9.0
    peblar.taken()

    await peblar.order(14.0)
    assert peblar.taken() == [set_value(LIMIT, 9)]

    peblar.set(STATE, "no_ev_connected")
    await peblar.settle()
    assert peblar.driver.read().user_limit is None


async def test_a_pause_at_the_charger_is_not_ended_by_us(peblar, later) -> None:
    await peblar.order(10.0)
    await later(60.0)
    peblar.set(SWITCH, "off")
    await peblar.settle()
    peblar.taken()

    await peblar.order(16.0)
    assert turn("on", SWITCH) not in peblar.taken()

    await later(60.0)
    peblar.set(SWITCH, "on")
    await peblar.settle()
    assert peblar.driver.read().user_limit is None


async def test_a_limit_that_was_not_taken_is_told_again(peblar, later) -> None:
    peblar.obeys = False
    peblar.set(LIMIT, "8")
    await peblar.order(16.0)
    assert peblar.taken() == [set_value(LIMIT, 16)]

    # Its integration's last two readings may be of before.
    await later(20.1)
    assert peblar.taken() == []
    assert peblar.driver.read().user_limit is None

    peblar.obeys = True
    await later(5.0)
    assert peblar.taken() == [set_value(LIMIT, 16)]
    await later(300.0)
    assert peblar.taken() == []
    assert peblar.driver.read().user_limit is None


async def test_what_a_charger_never_goes_above_is_a_ceiling(peblar, later) -> None:
    peblar.obeys = False
    peblar.set(LIMIT, "8")
    await peblar.order(16.0)
    for _ in range(20):
        await later(10.0)

    assert peblar.taken() == [set_value(LIMIT, 16)] * 3
    assert peblar.driver.read().user_limit == 8.0


async def test_a_late_reading_of_the_old_limit_is_not_the_users(peblar, later) -> None:
    peblar.obeys = False
    peblar.set(LIMIT, "8")
    await peblar.order(16.0)
    await later(10.0)
    peblar.set(LIMIT, "8", late=True)
    await peblar.settle()

    assert peblar.driver.read().user_limit is None


async def test_the_users_limit_can_be_forgotten(peblar, later) -> None:
    await peblar.order(16.0)
    await later(60.0)
    peblar.set(LIMIT, "9")
    await peblar.settle()
    peblar.driver.release_user_limit()
    peblar.taken()

    await peblar.order(14.0)
    assert peblar.taken() == [set_value(LIMIT, 14)]
