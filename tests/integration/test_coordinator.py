"""The loop: what reaches the chargers, whatever else goes wrong."""

import asyncio
from collections.abc import Callable
from random import Random

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest

from custom_components.amp_guard.chargers import ChargerDriver
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.loop.cycle import Cycle
from custom_components.amp_guard.loop.recording import Recording
from custom_components.amp_guard.loop.state import SiteState
from custom_components.amp_guard.model import ChargerReading, Reason
from custom_components.amp_guard.sensor import AmpGuardSensor
from simulator.devices.amp_guard import Fault

from .helpers import (
    SERIAL,
    PlainCharger,
    Property,
    add_charger,
    becomes,
    enable_all,
    entity_id,
    group_id,
)

MAIN_FUSE = 25.0
QUIET = (2.0, 2.0, 2.0)

type Pair = tuple[PlainCharger, PlainCharger]


@pytest.fixture
async def pair(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> Pair:
    """Two chargers that are balanced."""
    for charger in chargers.values():
        await add_charger(hass, entry, charger)
    return chargers["left"], chargers["right"]


async def test_a_restless_evening_stays_under_the_fuse(
    hass: HomeAssistant, house: Property, pair: Pair
) -> None:
    random = Random(25)
    base = [4.0, 3.0, 5.0]
    over, longest, taken = 0, 0, 0.0
    for second in range(400):
        if second % 40 == 0:
            phase = random.randrange(3)
            base[phase] = random.uniform(0.5, 22.0)
        before = sum(car.takes() for car in pair)
        await house.passes(hass, 1, *base, cars=pair)
        over = over + 1 if max(base) + before > MAIN_FUSE else 0
        longest = max(longest, over)
        taken += before

    # s at a stretch. Cars follow at once here; a gG fuse may carry a short peak.
    assert longest <= 6
    assert taken / 400 > 4.0
    for charger in pair:
        assert all(limit == 0 or 6 <= limit <= 16 for limit in charger.commands)


async def test_a_cut_is_sent_on_the_sample_that_calls_for_it(
    hass: HomeAssistant, house: Property, pair: Pair
) -> None:
    left, right = pair
    await house.passes(hass, 90, *QUIET, cars=pair)
    assert left.limit + right.limit > 20

    await house.passes(hass, 1, 2.0, 12.0, 2.0, cars=pair)
    assert left.limit + right.limit <= MAIN_FUSE - 12.0


async def test_a_slow_charger_delays_nobody_and_gets_only_the_newest(
    hass: HomeAssistant, house: Property, pair: Pair, number_service: Callable
) -> None:
    left, right = pair
    await house.passes(hass, 90, *QUIET, cars=pair)
    gate, told = asyncio.Event(), []

    async def wait_at_the_left(entity: str) -> None:
        if entity == "input_number.left":
            await gate.wait()
            told.append(entity)

    number_service(wait_at_the_left)
    before = right.limit
    house.clock.advance(1.0)
    time = asyncio.get_running_loop().time()
    house.draws(36.0, 36.0, 36.0)  # 12 A of it is not the cars'
    await house.decisions.on_sample_after(time)
    await becomes(hass, "input_number.right", lambda _: right.limit < before)
    assert left.commands[-1:] != [0.0]
    for current in (25.0, 26.0, 27.0):
        house.clock.advance(1.0)
        time = asyncio.get_running_loop().time()
        house.draws(current, current, current)
        await house.decisions.on_sample_after(time)
    gate.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(told) <= 2


async def test_a_charger_that_refuses_is_told_again_and_the_other_makes_room(
    hass: HomeAssistant, house: Property, pair: Pair, number_service: Callable
) -> None:
    left, right = pair
    await house.passes(hass, 90, *QUIET, cars=pair)
    refusing = True

    async def refuse_at_the_left(entity: str) -> None:
        if refusing and entity == "input_number.left":
            raise HomeAssistantError("no")

    number_service(refuse_at_the_left)
    stuck = left.limit
    await house.passes(hass, 60, 8.0, 8.0, 8.0, cars=pair)
    assert left.limit in (0.0, stuck)
    assert 8.0 + left.limit + right.limit <= MAIN_FUSE

    refusing = False
    await house.passes(hass, 120, *QUIET, cars=pair)
    assert left.limit >= 6.0
    assert right.limit >= 6.0


@pytest.mark.usefixtures("all_enabled")
async def test_a_charger_that_is_gone_is_reserved_for(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    _, right = pair
    await house.passes(hass, 90, *QUIET, cars=pair)
    left_id, right_id = (
        charger.subentry_id for charger in entry.get_subentries_of_type("charger")
    )
    er.async_get(hass).async_remove("input_number.left")
    for sensor in ("", "_l1", "_l2", "_l3"):
        hass.states.async_remove(f"sensor.left{sensor}")

    await house.passes(hass, 90, *QUIET, cars=[right])
    reason = entity_id(hass, "sensor", left_id, "reason")
    drawn = entity_id(hass, "sensor", left_id, "drawn_current")
    assert hass.states.get(reason).state == Reason.CHARGER_LOST
    assert hass.states.get(drawn).state == STATE_UNAVAILABLE
    assert 6.0 <= right.limit <= MAIN_FUSE - 2.0 - 6.0
    allocated = entity_id(hass, "sensor", right_id, "allocated_current")
    assert float(hass.states.get(allocated).state) == right.limit


@pytest.mark.usefixtures("all_enabled")
async def test_a_driver_that_fails_is_a_lost_charger(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, right = pair
    await house.passes(hass, 90, *QUIET, cars=pair)
    left_id = entry.get_subentries_of_type("charger")[0].subentry_id
    read = ChargerDriver.read

    def fail_at_the_left(driver: ChargerDriver) -> ChargerReading:
        if driver.config.id == left_id:
            raise RuntimeError("a bug")
        return read(driver)

    monkeypatch.setattr(ChargerDriver, "read", fail_at_the_left)
    await house.passes(hass, 60, *QUIET, cars=pair)
    reason = entity_id(hass, "sensor", left_id, "reason")
    assert hass.states.get(reason).state == Reason.CHARGER_LOST
    assert right.limit >= 6.0


@pytest.mark.usefixtures("all_enabled")
async def test_a_law_that_fails_leaves_the_chargers_at_their_offline_limits(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    issue_registry: ir.IssueRegistry,
) -> None:
    left_id = entry.get_subentries_of_type("charger")[0].subentry_id
    reason = entity_id(hass, "sensor", left_id, "reason")
    balancing = entity_id(hass, "switch", group_id(entry), "active")
    issue = f"nothing_decided_{entry.entry_id}"
    await house.passes(hass, 90, *QUIET, cars=pair)
    assert sum(car.limit for car in pair) > 20

    house.decisions.error = RuntimeError("a bug")
    await house.passes(hass, 9, *QUIET, cars=pair)
    assert sum(car.limit for car in pair) > 20
    await house.passes(hass, 3, *QUIET, cars=pair)
    assert [car.limit for car in pair] == [6.0, 6.0]
    # What is set stays true; what was decided does not.
    assert hass.states.get(reason).state == STATE_UNAVAILABLE
    assert hass.states.get(balancing).state == "on"
    told = issue_registry.async_get_issue(DOMAIN, issue)
    assert told.translation_placeholders == {"supply": entry.title}

    house.decisions.error = None
    await house.passes(hass, 1, *QUIET, cars=pair)
    assert hass.states.get(reason).state != STATE_UNAVAILABLE
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    await house.passes(hass, 120, *QUIET, cars=pair)
    assert sum(car.limit for car in pair) > 20


async def test_a_loop_that_makes_no_cycle_is_seen_from_outside(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    issue_registry: ir.IssueRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever keeps it from running, its own timer among it."""
    await house.passes(hass, 90, *QUIET, cars=pair)
    assert sum(car.limit for car in pair) > 20
    entry.runtime_data.cycle._cancel()
    with monkeypatch.context() as bug:
        bug.setattr(Cycle, "request", lambda _self: None)
        bug.setattr(Cycle, "request_soon", lambda _self: None)
        entry.runtime_data.cycle._cancel()
        for _ in range(12):
            house.clock.advance(1.0)
            await asyncio.sleep(0.01)
            await hass.async_block_till_done()
        assert [car.limit for car in pair] == [6.0, 6.0]
        issue = f"nothing_decided_{entry.entry_id}"
        assert issue_registry.async_get_issue(DOMAIN, issue)
    await house.passes(hass, 2, *QUIET, cars=pair)
    assert issue_registry.async_get_issue(DOMAIN, issue) is None


async def test_a_charger_that_cannot_be_commanded_keeps_no_other_from_it(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bug in one driver: the other charger is cut all the same."""
    await house.passes(hass, 90, *QUIET, cars=pair)
    left_id = entry.get_subentries_of_type("charger")[0].subentry_id
    command = ChargerDriver.command

    def fail_at_the_left(driver: ChargerDriver, *args: object) -> None:
        if driver.config.id == left_id:
            raise ZeroDivisionError
        command(driver, *args)

    monkeypatch.setattr(ChargerDriver, "command", fail_at_the_left)
    before = pair[1].limit
    await house.passes(hass, 2, 8.0, 8.0, 8.0, cars=pair)
    assert pair[1].limit < before


async def test_an_event_loop_that_stood_is_no_reason_to_fall_back(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    """Another integration held it for 15 s: what is decided then is worth more."""
    await house.passes(hass, 90, *QUIET, cars=pair)
    for car in pair:
        car.commands.clear()
    house.clock.advance(14.0)
    await asyncio.sleep(0.01)
    await house.passes(hass, 1, *QUIET, cars=pair)
    assert [6.0 in car.commands for car in pair] == [False, False]


@pytest.mark.parametrize("step", ["prepare", "note"])
async def test_what_cannot_be_recorded_is_decided_all_the_same(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    def fail(*_: object) -> None:
        raise TypeError("a bug")

    await house.passes(hass, 90, *QUIET, cars=pair)
    monkeypatch.setattr(Recording, step, fail)
    await house.passes(hass, 1, 2.0, 12.0, 2.0, cars=pair)
    assert sum(car.limit for car in pair) <= MAIN_FUSE - 12.0
    [fault] = entry.runtime_data.faults.kept
    assert (fault.part, fault.trace[-1]) == ("recording", "TypeError: a bug")


async def test_a_law_that_fails_from_its_start_lets_go_of_what_it_took_over(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
    issue_registry: ir.IssueRegistry,
) -> None:
    left, right = chargers.values()
    await add_charger(hass, entry, left)
    await house.passes(hass, 60, *QUIET, cars=[left])
    assert left.limit == 16

    house.decisions.error = RuntimeError("a bug")
    await add_charger(hass, entry, right)
    assert left.limit == 16
    await house.passes(hass, 12, *QUIET, cars=[left])
    assert left.limit == 6
    issue = f"nothing_decided_{entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue)

    await hass.config_entries.async_unload(entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, issue) is None


async def test_a_command_that_fails_is_logged_once_and_once_when_it_works(
    hass: HomeAssistant,
    house: Property,
    pair: Pair,
    number_service: Callable,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refusing = True

    async def refuse_at_the_left(entity: str) -> None:
        if refusing and entity == "input_number.left":
            raise HomeAssistantError("no")

    def said() -> list[str]:
        return [r.message for r in caplog.records if "its command" in r.message]

    number_service(refuse_at_the_left)
    caplog.clear()
    for amps in (2.0, 12.0, 8.0, 4.0):
        await house.passes(hass, 40, amps, amps, amps, cars=pair)
    assert len(said()) == 1

    refusing = False
    await house.passes(hass, 60, *QUIET, cars=pair)
    assert said()[1:] == ["Left: its command works again"]


async def test_without_the_meter_the_offline_maximum_is_shared(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    await house.passes(hass, 90, *QUIET, cars=pair)
    assert sum(car.limit for car in pair) > 20

    house.meter.fault = Fault.SILENT
    for _ in range(12):
        made = len(house.decisions.made)
        house.clock.advance(5.0)
        await house.decisions.after(made)
        await hass.async_block_till_done()
    # 10 A for the group: one car charges, or both would get less than they can use.
    assert sum(car.limit for car in pair) <= 10.0


@pytest.mark.parametrize("target", ["group", "charger"])
async def test_switched_off_with_everything_else_nobody_stays_at_its_limit(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    issue_registry: ir.IssueRegistry,
    target: str,
) -> None:
    """`switch.turn_off: all`, as in an automation that leaves the house."""
    left_id = entry.get_subentries_of_type("charger")[0].subentry_id
    id_ = group_id(entry) if target == "group" else left_id
    await enable_all(hass, entry)
    await house.passes(hass, 90, *QUIET, cars=pair)
    assert sum(car.limit for car in pair) > 20
    switch = entity_id(hass, "switch", id_, "active")
    assert er.async_get(hass).async_get(switch).entity_category == "config"

    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": switch}, blocking=True
    )
    await hass.async_block_till_done()
    assert pair[0].limit == 6.0
    assert pair[1].limit == 6.0 or target == "charger"
    issue = issue_registry.async_get_issue(DOMAIN, f"not_balanced_{id_}")
    assert issue.translation_placeholders == {"name": entry.subentries[id_].title}
    await hass.config_entries.async_reload(entry.entry_id)
    assert issue_registry.async_get_issue(DOMAIN, f"not_balanced_{id_}")

    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": switch}, blocking=True
    )
    await hass.async_block_till_done()
    assert not issue_registry.async_get_issue(DOMAIN, f"not_balanced_{id_}")


@pytest.mark.usefixtures("all_enabled")
async def test_an_inactive_group_is_left_alone_also_after_a_restart(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    switch = {"entity_id": entity_id(hass, "switch", group_id(entry), "active")}
    await house.passes(hass, 90, *QUIET, cars=pair)
    await hass.services.async_call("switch", "turn_off", switch, blocking=True)
    await hass.async_block_till_done()
    assert hass.states.get(switch["entity_id"]).state == "off"
    for car in pair:
        car.commands.clear()
    await house.passes(hass, 5, 20.0, 20.0, 20.0, cars=pair)

    await hass.config_entries.async_reload(entry.entry_id)
    await house.passes(hass, 5, 20.0, 20.0, 20.0, cars=pair)
    assert hass.states.get(switch["entity_id"]).state == "off"
    assert [car.commands for car in pair] == [[], []]
    left_id = entry.get_subentries_of_type("charger")[0].subentry_id
    reason = entity_id(hass, "sensor", left_id, "reason")
    allocated = entity_id(hass, "sensor", left_id, "allocated_current")
    assert hass.states.get(reason).state == Reason.INACTIVE
    assert hass.states.get(allocated).state == STATE_UNAVAILABLE

    await hass.services.async_call("switch", "turn_on", switch, blocking=True)
    await house.passes(hass, 3, 20.0, 20.0, 20.0, cars=pair)
    assert 20.0 + sum(car.limit for car in pair) <= MAIN_FUSE


async def test_an_entity_that_fails_shows_nothing_rather_than_what_was(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await house.passes(hass, 5, *QUIET, cars=pair)
    broken, other = (entity_id(hass, "sensor", SERIAL, f"current_l{n}") for n in (1, 2))
    update = AmpGuardSensor._update_from

    def fail_at_the_first(sensor: AmpGuardSensor, state: SiteState) -> bool:
        if sensor.entity_id == broken:
            raise ZeroDivisionError
        return update(sensor, state)

    with monkeypatch.context() as bug:
        bug.setattr(AmpGuardSensor, "_update_from", fail_at_the_first)
        await house.passes(hass, 15, 7.0, 7.0, 7.0)
        assert hass.states.get(broken).state == STATE_UNAVAILABLE
        assert hass.states.get(other).state == "7.0"
    await house.passes(hass, 15, 8.0, 8.0, 8.0)
    assert hass.states.get(broken).state == "8.0"


async def test_a_listener_that_fails_keeps_nobody_else_from_being_told(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[object] = []

    def fail(_: object) -> None:
        raise RuntimeError("a bug")

    coordinator = entry.runtime_data
    unsubscribe = [
        coordinator.async_add_listener(listener) for listener in (fail, told.append)
    ]
    await house.passes(hass, 60, *QUIET, cars=pair)
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    shown = float(hass.states.get(current).state)
    assert shown == pytest.approx(told[-1].samples["supply"].current[0], abs=0.1)
    [fault] = coordinator.faults.kept
    assert (fault.part, fault.trace[-1]) == ("listener", "RuntimeError: a bug")
    assert fault.times == len(told) > 1
    assert [text for text in caplog.messages if "its listener" in text] == [
        f"{entry.title}: the loop goes on without its listener: a bug"
    ]

    unsubscribe[0]()
    await house.passes(hass, 15, *QUIET, cars=pair)
    assert f"{entry.title}: its listener works again" in caplog.messages
