"""Chargers that refuse, hang, are lost, forget, and answer late."""

import asyncio

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.amp_guard.chargers import TroubleKind, driver
from custom_components.amp_guard.chargers.learning import Learned, Learning
from custom_components.amp_guard.model import ChargerStatus

from .contracts import CONTRACTS, NRGKICK, PEBLAR, set_value, turn

LIMIT = "24-01_charge_current_limit"
SWITCH = "24-01_charge"
STATE = "24-01_cp_state"
CHARGEAMPS = next(c for c in CONTRACTS if c.profile == "chargeamps")
KEBA = next(c for c in CONTRACTS if c.profile == "keba")
LEKTRICO = next(c for c in CONTRACTS if c.profile == "lektrico")
WALLBOX = next(c for c in CONTRACTS if c.profile == "wallbox")


def fault_of(charger) -> str | None:
    """Return the text of how the last command ended, None where it was taken."""
    error = charger.faults[-1]
    return None if error is None else error.translation_key


# --- refused ------------------------------------------------------------------------


async def test_a_refusal_is_told_and_tried_again_until_it_is_taken(
    peblar, later
) -> None:
    peblar.refusal = "communication error"
    await peblar.order(10.0)
    assert fault_of(peblar) == "charger_refused"
    assert peblar.faults[-1].translation_placeholders == {
        "error": "communication error"
    }
    trouble = peblar.driver.trouble(peblar.driver.read())
    assert trouble.kind is TroubleKind.REFUSING
    peblar.taken()

    peblar.refusal = None
    await later(5.1)
    assert peblar.taken() == [set_value(LIMIT, 10)]
    assert fault_of(peblar) is None
    assert peblar.driver.trouble(peblar.driver.read()) is None


async def test_what_is_refused_is_not_in_force_also_when_the_charger_is_lost(
    peblar,
) -> None:
    peblar.refusal = "the cloud is down"
    await peblar.order(7.0)
    for upstream in PEBLAR.entities:
        peblar.set(upstream.unique_id, "unavailable")
    await peblar.settle()

    assert peblar.driver.read().status is ChargerStatus.LOST
    assert peblar.driver.commanded().may_hold == 16.0


async def test_a_resume_that_fails_is_tried_again_until_it_shows(peblar, later) -> None:
    await peblar.order(0.0)
    await later(10.0)
    peblar.refusal = "HTTP 500"
    await peblar.order(16.0)
    await later(6.0)
    peblar.taken()

    peblar.refusal = None
    await later(60.0)
    assert peblar.taken() == [set_value(LIMIT, 16), turn("on", SWITCH)]
    assert peblar.driver.read().limit == 16.0


async def test_a_pause_that_shows_late_does_not_end_a_resume(peblar, later) -> None:
    """An *off* comes in within the settling time of the resume after it."""
    await peblar.order(0.0)
    await later(10.0)
    await peblar.order(16.0)
    peblar.set(SWITCH, "off")
    await peblar.settle()
    peblar.taken()

    await later(20.1)
    await later(5.0)
    assert peblar.driver.read().user_limit is None
    assert peblar.taken() == [set_value(LIMIT, 16), turn("on", SWITCH)]
    assert peblar.driver.read().limit == 16.0


async def test_a_pause_that_failed_and_was_carried_out_is_ended(
    charger_of, later
) -> None:
    """A KEBA shows no pause: one that may have come is ended by the next limit."""
    charger = charger_of(KEBA)
    await charger.driver.start()
    await charger.order(10.0)
    await later(60.0)
    charger.refusal = "timeout"
    await charger.order(0.0)
    charger.refusal = None
    charger.taken()

    await charger.order(10.0)
    await later(60.0)
    assert ("keba.enable", {}) in charger.taken()


async def test_a_pause_that_is_refused_leaves_the_minimum(charger_of, hass) -> None:
    charger = charger_of(NRGKICK)
    await charger.driver.start()
    hass.services.async_remove("switch", "turn_off")

    await charger.order(0.0)

    assert fault_of(charger) == "charger_unavailable"
    assert charger.taken() == [set_value("NRG1_current_set", 6)]


async def test_a_wallbox_without_rights_is_held_at_its_minimum_and_says_why(
    charger_of, hass
) -> None:
    charger = charger_of(WALLBOX)
    await charger.driver.start()

    async def forbid(_call) -> None:
        raise HomeAssistantError("403 Client Error: Forbidden")

    hass.services.async_register("switch", "turn_off", forbid)
    await charger.order(0.0)

    assert charger.taken() == [set_value("max_charging_current-20000", 6)]
    trouble = charger.driver.trouble(charger.driver.read())
    assert trouble.kind is TroubleKind.REFUSING
    assert "403" in trouble.state
    assert charger.driver.commanded().may_hold == 6.0


async def test_a_charger_that_cannot_pause_gets_its_minimum(charger_of, later) -> None:
    charger = charger_of(LEKTRICO)
    await charger.driver.start()
    charger.set("500006_dynamic_limit", "16", min=6)

    await charger.order(0.0)

    assert fault_of(charger) == "charger_cannot_pause"
    assert charger.taken() == [set_value("500006_dynamic_limit", 6)]

    # Told again, nothing more can be done: its cloud is not to be kept busy.
    for _ in range(12):
        await charger.order(0.0)
        await later(5.0)
    assert charger.taken() == []


@pytest.mark.parametrize("error", ["429 Client Error", "Too Many Requests"])
async def test_a_cloud_that_was_asked_too_often_is_left_alone(
    peblar, later, error
) -> None:
    await peblar.order(6.0)
    await later(30.0)
    peblar.refusal = error
    await peblar.order(16.0)
    peblar.taken()

    await later(55.0)
    assert peblar.taken() == []
    await later(10.0)
    assert peblar.taken() == [set_value(LIMIT, 16)]


async def test_one_that_refuses_while_no_car_is_there_is_asked_when_one_comes(
    peblar, later
) -> None:
    peblar.set(STATE, "no_ev_connected")
    await peblar.settle()
    peblar.refusal = "no session"
    for current in (16.0, 0.0) * 60:
        await peblar.order(current)
        await later(5.0)
    assert len(peblar.taken()) <= 3

    peblar.refusal = None
    peblar.set(STATE, "suspended")
    await peblar.settle()
    assert peblar.taken() == [turn("off", SWITCH)]


async def test_one_that_refuses_each_second_time_has_the_newest_order_in_the_end(
    peblar, later
) -> None:
    peblar.refuses_each_second = True
    for current in (10.0, 7.0, 0.0, 12.0):
        await peblar.order(current)
        for _ in range(12):
            await later(10.0)
        assert peblar.driver.read().limit == current


async def test_one_that_takes_and_does_nothing_is_told_again(peblar, later) -> None:
    peblar.obeys = False
    await peblar.order(7.0)
    for _ in range(60):
        await later(10.0)

    assert 5 < len(peblar.taken()) <= 20
    assert peblar.driver.commanded().may_hold == 16.0
    assert peblar.driver.read().user_limit is None


async def test_one_that_shows_another_value_than_it_was_told(peblar, later) -> None:
    """Rounded down by a charger, or held down by its installer: a ceiling of its own."""
    peblar.shows_instead = "13"
    await peblar.order(16.0)
    for _ in range(20):
        await later(10.0)

    assert peblar.driver.read().user_limit == 13.0
    assert peblar.driver.commanded().may_hold == 13.0
    assert len(peblar.taken()) <= 3


# --- hanging ------------------------------------------------------------------------


async def test_a_command_that_takes_long_and_is_carried_out_is_nobodys_limit(
    peblar, later
) -> None:
    peblar.hangs = asyncio.Event()
    await peblar.order(10.0)
    await later(9.0)
    assert peblar.driver.commanded().may_hold == 16.0
    await peblar.order(8.0)
    peblar.hangs.set()
    await peblar.settle()
    for _ in range(6):
        await later(10.0)

    assert peblar.state(LIMIT) == "8"
    assert peblar.driver.read().user_limit is None
    assert peblar.driver.commanded().may_hold == 8.0


async def test_a_cut_goes_out_beside_a_command_that_hangs(peblar, later) -> None:
    """And again when that one ends: it may have landed last."""
    await peblar.order(6.0)
    await later(30.0)
    peblar.taken()
    slow = peblar.hangs = asyncio.Event()
    await peblar.order(16.0)
    peblar.hangs = None
    await peblar.order(7.0)
    assert peblar.taken() == [set_value(LIMIT, 16)]

    await later(1.1)
    assert peblar.taken() == [set_value(LIMIT, 7)]
    assert peblar.driver.commanded().may_hold == 16.0

    slow.set()
    await peblar.settle()
    assert peblar.taken() == [set_value(LIMIT, 7)]
    assert peblar.state(LIMIT) == "7"


async def test_one_that_never_answers_is_told_each_cut(peblar, later) -> None:
    peblar.hangs = asyncio.Event()
    for current in (10.0, 8.0, 7.0, 0.0):
        await peblar.order(current)
        await later(1.1)
        assert peblar.taken()[:1] == [
            set_value(LIMIT, current) if current else turn("off", SWITCH)
        ]
    for _ in range(60):
        await later(10.0)

    assert len(peblar.taken()) <= 20
    assert peblar.driver.commanded().may_hold == 16.0
    peblar.hangs.set()


async def test_one_that_answers_after_more_than_an_hour_is_told_the_newest_again(
    peblar, later
) -> None:
    await peblar.order(6.0)
    await later(30.0)
    late = peblar.hangs = asyncio.Event()
    await peblar.order(16.0)
    peblar.hangs = None
    await peblar.order(7.0)
    await later(1.1)
    await later(4000.0)
    peblar.taken()

    late.set()
    await peblar.settle()
    assert peblar.taken()[-1] == set_value(LIMIT, 7)
    assert peblar.state(LIMIT) == "7"


async def test_a_release_follows_a_raise_that_is_under_way(peblar, later) -> None:
    """Unloaded meanwhile: it ends at what it is left at, and not at the raise."""
    await peblar.order(6.0)
    await later(30.0)
    slow = peblar.hangs = asyncio.Event()
    await peblar.order(16.0)
    peblar.hangs = None

    release = asyncio.create_task(peblar.driver.release(6.0))
    await peblar.settle()
    await later(1.1)
    assert not release.done()
    slow.set()
    await release

    assert peblar.state(LIMIT) == "6"


async def test_a_release_that_nobody_waits_for_is_followed_all_the_same(
    peblar, later
) -> None:
    await peblar.order(6.0)
    await later(30.0)
    slow = peblar.hangs = asyncio.Event()
    await peblar.order(16.0)
    peblar.hangs = None
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(peblar.driver.release(6.0), 0.01)

    slow.set()
    await peblar.settle()

    assert peblar.state(LIMIT) == "6"


async def test_a_raise_that_home_assistants_stop_cuts_off_may_have_arrived(
    peblar, later, hass
) -> None:
    await peblar.order(6.0)
    await later(30.0)
    peblar.hangs = asyncio.Event()
    await peblar.order(16.0)
    peblar.hangs = None
    peblar.taken()
    held = []

    async def release(_event) -> None:
        held.append(peblar.driver.commanded().may_hold)
        await peblar.driver.release(6.0)

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, release)
    await hass.async_stop()

    assert held == [16.0]
    assert peblar.taken() == [set_value(LIMIT, 6)]


# --- lost ---------------------------------------------------------------------------


async def test_an_unavailable_entity_is_not_commanded_until_it_is_back(
    peblar, later
) -> None:
    peblar.set(LIMIT, "unavailable")

    await peblar.order(10.0)
    assert fault_of(peblar) == "charger_unavailable"
    assert peblar.taken() == []
    assert peblar.driver.commanded().current is None

    peblar.set(LIMIT, "16")
    await later(6.0)
    assert peblar.taken() == [set_value(LIMIT, 10)]


async def test_one_that_is_back_gets_its_cut_at_once(peblar) -> None:
    for upstream in PEBLAR.entities:
        peblar.set(upstream.unique_id, "unavailable")
    await peblar.order(7.0)
    assert peblar.taken() == []

    for upstream in PEBLAR.entities:
        peblar.set(upstream.unique_id, upstream.state)
    await peblar.settle()
    assert peblar.taken() == [set_value(LIMIT, 7)]


async def test_one_that_has_forgotten_its_limit_is_told_it(peblar, later) -> None:
    await peblar.order(7.0)
    await later(60.0)
    for upstream in PEBLAR.entities:
        peblar.set(upstream.unique_id, "unavailable")
    await peblar.settle()
    peblar.taken()

    for upstream in PEBLAR.entities:
        peblar.set(upstream.unique_id, upstream.state)
    await peblar.settle()
    assert peblar.taken() == [set_value(LIMIT, 7)]
    assert peblar.driver.read().user_limit is None


async def test_one_that_forgets_and_says_nothing_of_it_is_told_again(
    peblar, later
) -> None:
    await peblar.order(7.0)
    await later(60.0)
    peblar.taken()

    peblar.set(LIMIT, "16")
    assert peblar.driver.commanded().may_hold == 16.0
    await later(6.0)
    assert peblar.taken() == [set_value(LIMIT, 7)]


async def test_one_that_is_removed_in_the_middle_and_added_again(peblar, hass) -> None:
    await peblar.order(10.0)
    registry = er.async_get(hass)
    for entry in er.async_entries_for_device(registry, peblar.device_id):
        hass.states.async_remove(entry.entity_id)
        registry.async_remove(entry.entity_id)
    await peblar.settle()
    peblar.taken()

    await peblar.order(7.0)
    assert peblar.driver.read().status is ChargerStatus.LOST
    assert peblar.driver.trouble(peblar.driver.read()).kind is TroubleKind.NOT_FOUND
    assert peblar.driver.commanded().may_hold == 10.0
    assert peblar.taken() == []

    peblar.register()
    await peblar.settle()
    assert peblar.taken()[-1] == set_value(LIMIT, 7)


async def test_what_was_commanded_outlives_a_crash(charger_of) -> None:
    charger = charger_of(PEBLAR)
    learned = Learned(may_hold=14.0)
    for upstream in PEBLAR.entities:
        charger.set(upstream.unique_id, "unavailable")
    driven = charger.drive(learning=Learning(learned))
    await driven.start()
    assert driven.commanded().may_hold == 14.0

    for upstream in PEBLAR.entities:
        charger.set(upstream.unique_id, upstream.state)
    await charger.settle()
    assert driven.commanded().may_hold == 16.0
    assert learned.may_hold == 16.0
    await driven.stop()


async def test_its_integration_is_asked_anew_each_few_seconds_at_most(
    peblar, later, monkeypatch
) -> None:
    asked = []

    async def update(_hass, entity_id) -> None:
        asked.append(entity_id)

    monkeypatch.setattr(driver, "async_update_entity", update)
    for _ in range(10):
        peblar.driver.ask()
        await later(1.0)

    assert asked == [peblar.entity_id(STATE)] * 4


# --- what can be set changes --------------------------------------------------------


async def test_a_range_that_shrinks_at_run_time(peblar, later) -> None:
    await peblar.order(16.0)
    await later(60.0)
    peblar.taken()

    peblar.set(LIMIT, "13", max=13)
    await later(60.0)
    assert peblar.driver.read().user_limit is None
    assert peblar.driver.commanded().may_hold == 13.0

    peblar.set(LIMIT, "13", max=16)
    await later(60.0)
    assert peblar.taken()[-1] == set_value(LIMIT, 16)


async def test_a_least_current_that_rises_at_run_time(peblar, later) -> None:
    await peblar.order(7.0)
    await later(60.0)
    peblar.taken()

    peblar.set(LIMIT, "7", min=8)
    await peblar.settle()
    assert peblar.taken() == [turn("off", SWITCH)]


async def test_the_least_that_a_cloud_shows_for_an_unknown_limit_can_be_in_force(
    charger_of, later
) -> None:
    """Charge Amps' integration shows 6 A for what it does not know, and for 6 A."""
    charger = charger_of(CHARGEAMPS)
    await charger.driver.start()
    await charger.order(6.0)
    await later(70.0)

    assert charger.driver.commanded().may_hold == 6.0
