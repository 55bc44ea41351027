"""How many phases a charger is told to use: only while it shows that it is paused."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

import pytest

from custom_components.amp_guard.chargers.phase_switch import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    PATIENCE,
)
from custom_components.amp_guard.chargers.profile import CURRENT_ROLES, Role
from custom_components.amp_guard.chargers.profiles import PROFILES
from custom_components.amp_guard.model import ChargerStatus

from .conftest import Charger, Writes
from .contracts import CONTRACTS, Call, Contract, set_value, turn

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


# --- every charger that can be set --------------------------------------------------

SWITCHED = [contract for contract in CONTRACTS if contract.use_one is not None]
CONTACTOR = "SmartEVSE/5001-EnableC2"

each_switched = pytest.mark.parametrize(
    "contract", SWITCHED, ids=lambda contract: contract.profile
)


def test_each_profile_that_can_be_set_has_a_contract_that_says_how() -> None:
    able = {name for name, profile in PROFILES.items() if profile.phases is not None}
    assert {contract.profile for contract in SWITCHED} == able


def let_stand(charger: Charger) -> None:
    """Let its car stand still, by all that its integration has."""
    profile, words = charger.driver.profile, {}
    for role, statuses in profile.statuses.items():
        if role is Role.CHARGING:
            words[role] = "off"
        elif role is Role.CONNECTED:
            words[role] = "on"
        else:
            words[role] = next(
                word
                for word, status in statuses.items()
                if status is ChargerStatus.WAITING
            )
    words |= dict.fromkeys(CURRENT_ROLES, "0")
    for role, word in words.items():
        state = charger.driver._entities.state(role)
        if state is not None:
            charger.hass.states.async_set(state.entity_id, word, state.attributes)


async def stopped(charger: Charger) -> None:
    """Pause it, and let its car stand still; what it shows of that has come in."""
    await charger.driver.start()
    await charger.order(0.0)
    let_stand(charger)
    await charger.come()
    charger.taken()


def phase_calls(charger: Charger) -> list[Call]:
    told = (charger.contract.use_one, charger.contract.use_all)
    return [call for call in charger.taken() if call in told]


@each_switched
@pytest.mark.parametrize("writes", [Writes.CHANGED, Writes.REPORTED])
async def test_each_is_set_to_one_and_back(
    contract: Contract, writes: Writes, charger_of
) -> None:
    charger = charger_of(contract, writes)
    await stopped(charger)
    assert charger.driver.can_switch_phases
    for phases, call in ((1, contract.use_one), (3, contract.use_all)):
        charger.driver.command(0.0, phases=phases)
        await charger.settle()
        assert phase_calls(charger) == [call]
        assert charger.driver.read().phases_set == phases


@each_switched
async def test_none_is_set_while_its_car_draws(contract: Contract, charger_of) -> None:
    """Some would switch under load, some refuse, some do it at the next start."""
    charger = charger_of(contract)
    await charger.driver.start()
    for current in (10.0, 0.0):
        charger.driver.command(current, phases=1)
        await charger.settle()
        assert phase_calls(charger) == []
    let_stand(charger)
    await charger.settle()
    assert phase_calls(charger) == [contract.use_one]


@each_switched
async def test_one_that_takes_half_a_minute_says_so_when_it_has(
    contract: Contract, charger_of, later
) -> None:
    charger = charger_of(contract)
    await stopped(charger)
    charger.writes = Writes.LATE
    charger.driver.command(0.0, phases=1)
    await charger.settle()
    await later(min(30.0, charger.driver.profile.settling_time - 1.0))
    assert phase_calls(charger) == [contract.use_one]
    assert charger.driver.read().phases_set == 3
    await charger.come()
    assert charger.driver.read().phases_set == 1
    await later(charger.driver.profile.settling_time + 1.0)
    assert phase_calls(charger) == []


@each_switched
async def test_one_that_takes_it_and_does_nothing_shows_what_it_is(
    contract: Contract, charger_of, later
) -> None:
    """The law gives it up by what it shows."""
    charger = charger_of(contract)
    await stopped(charger)
    charger.obeys = False
    charger.driver.command(0.0, phases=1)
    await charger.settle()
    await later(charger.driver.profile.settling_time + 1.0)
    assert phase_calls(charger) == [contract.use_one] * 2
    assert charger.driver.read().phases_set == 3


@each_switched
async def test_one_that_refuses_is_in_trouble_until_it_is_let_be(
    contract: Contract, charger_of
) -> None:
    charger = charger_of(contract)
    await stopped(charger)
    charger.refusal = "not now"
    charger.driver.command(0.0, phases=1)
    await charger.settle()
    assert charger.driver.trouble(charger.driver.read()).state == "not now"
    charger.driver.command(0.0)
    await charger.settle()
    assert charger.driver.trouble(charger.driver.read()) is None


def others(contract: Contract) -> Iterable[tuple[str, int]]:
    """Yield the options of its select that are its owner's: it uses all in each."""
    uses = PROFILES[contract.profile].phases
    assert uses is not None
    told = {contract.use_one[1].get("option"), contract.use_all[1].get("option")}
    for option, phases in uses.shown.items():
        if contract.use_one[0] == "select.select_option" and option not in told:
            yield option, phases


@pytest.mark.parametrize(
    ("contract", "option", "phases"),
    [(c, *other) for c in SWITCHED for other in others(c)],
    ids=lambda value: getattr(value, "profile", str(value)),
)
async def test_one_that_chooses_itself_counts_as_one_that_uses_all(
    contract: Contract, option: str, phases: int, charger_of
) -> None:
    select = contract.use_one[1]["entity_id"]
    entities = tuple(
        replace(each, state=option) if each.unique_id == select else each
        for each in contract.entities
    )
    charger = charger_of(replace(contract, entities=entities))
    await charger.driver.start()
    assert charger.driver.read().phases_set == phases == 3


async def test_a_smartevse_without_its_second_contactor_cannot_be_set(
    charger_of,
) -> None:
    contract = next(c for c in CONTRACTS if c.profile == "smartevse" and not c.use_one)
    charger = charger_of(contract)
    await charger.driver.start()
    assert not charger.driver.can_switch_phases
    assert charger.driver.read().phases_set is None
    charger.set(CONTACTOR, "Always On")
    assert charger.driver.can_switch_phases
