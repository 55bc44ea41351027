"""What happens is told: by event entities, and to device triggers."""

from homeassistant.components.device_automation import DeviceAutomationType
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    restore_state,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_get_device_automation_capabilities,
    async_get_device_automations,
    async_mock_service,
)

from custom_components.amp_guard import device_action, device_condition, device_trigger
from custom_components.amp_guard.loop.events import EVENT_AMP_GUARD
from simulator.devices.amp_guard import Fault

from .helpers import (
    SERIAL,
    PlainCharger,
    Property,
    add_group,
    becomes,
    device_id,
    enable_all,
    entity_id,
    group_id,
)
from .test_services import HOUR, act
from .test_settings import set_number

FIELDS = {
    DeviceAutomationType.TRIGGER: {"platform": "device"},
    DeviceAutomationType.CONDITION: {"condition": "device"},
    DeviceAutomationType.ACTION: {},
}


def charger_id(entry: ConfigEntry) -> str:
    return entry.get_subentries_of_type("charger")[0].subentry_id


def note_events(hass: HomeAssistant, entity: str) -> list[str]:
    """Return what an event entity tells from now on, as automations hear it.

    They leave out what comes when it was unavailable: that has happened before.
    """
    told: list[str] = []

    @callback
    def note(event: Event) -> None:
        before, shown = event.data["old_state"], event.data["new_state"]
        if event.data["entity_id"] != entity or before.state == shown.state:
            return
        if STATE_UNAVAILABLE not in (before.state, shown.state):
            told.append(shown.attributes["event_type"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    return told


async def automate(
    hass: HomeAssistant, device: str, trigger: str, **rest: object
) -> list[ServiceCall]:
    """Set up an automation as a user does; return what it calls."""
    calls = async_mock_service(hass, "test", "automation")
    automation = {
        "triggers": {
            "trigger": "device",
            "domain": "amp_guard",
            "device_id": device,
            "type": trigger,
        },
        "actions": {
            "action": "test.automation",
            "data": {"reason": "{{ trigger.event.data.reason | default('') }}"},
        },
    }
    config = {"automation": automation | rest}
    assert await async_setup_component(hass, "automation", config)
    return calls


async def test_a_charger_tells_that_it_is_reduced_paused_and_resumed(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    charging = entity_id(hass, "event", charger_id(entry), "charging")
    told = note_events(hass, charging)
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    # Nothing happened yet: that a car starts is no news of the fuse's.
    assert told == []

    await house.passes(hass, 5, 12.0, 1.0, 1.0, cars=[left])
    assert set(told) == {"reduced"}
    shown = hass.states.get(charging).attributes
    assert (shown["reason"], shown["current"]) == ("overload", left.limit)

    await house.passes(hass, 5, 24.0, 1.0, 1.0, cars=[left])
    assert told[-1] == "paused"
    await house.passes(hass, 240, 1.0, 1.0, 1.0, cars=[left])
    assert told[-1] == "resumed"
    assert told.count("paused") == told.count("resumed") == 1

    before = len(told)
    left.says("disconnected")
    await house.passes(hass, 30, 1.0, 1.0, 1.0)
    assert len(told) == before


async def test_the_main_fuse_tells_of_its_overload(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    group = group_id(entry)
    told = note_events(hass, entity_id(hass, "event", SERIAL, "fuse"))
    fired = async_capture_events(hass, EVENT_AMP_GUARD)
    # It is one of what it feeds, for who watches that.
    heard = await automate(hass, device_id(hass, entry, group), "overload")
    await house.passes(hass, 20, 10.0, 1.0, 1.0)
    await house.passes(hass, 3, 27.0, 1.0, 1.0)
    await house.passes(hass, 3, 10.0, 1.0, 1.0)
    assert told == ["overload"]
    [event] = fired
    assert event.data["device_id"] == device_id(hass, entry, SERIAL)
    assert len(heard) == 1


async def test_a_lost_meter_is_told_once_and_heard_of_each_group(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    group = group_id(entry)
    await add_group(hass, entry, name="Yard")
    told = note_events(hass, entity_id(hass, "event", SERIAL, "fuse"))
    fired = async_capture_events(hass, EVENT_AMP_GUARD)
    heard = await automate(hass, device_id(hass, entry, group), "fallback_entered")
    await house.passes(hass, 20, 10.0, 1.0, 1.0)

    house.meter.fault = Fault.SILENT
    for _ in range(10):
        house.clock.advance(4.0)
        await hass.async_block_till_done()
    house.clock.advance(6.0)
    await becomes(hass, entity_id(hass, "sensor", SERIAL, "current_l1"), "unavailable")
    assert told == ["fallback_entered"]
    await hass.async_block_till_done()
    assert len(heard) == len(fired) == 1

    house.meter.fault = None
    house.clock.advance(10.0)
    await house.passes(hass, 15, 1.0, 1.0, 1.0)
    assert told == ["fallback_entered", "fallback_left"]


async def test_what_happened_does_not_happen_again_to_a_renamed_event(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    fuse = entity_id(hass, "event", SERIAL, "fuse")
    await house.passes(hass, 20, 10.0, 1.0, 1.0)
    house.meter.fault = Fault.SILENT
    house.clock.advance(40.0)
    await becomes(hass, fuse, lambda state: state.state != STATE_UNKNOWN)
    happened = hass.states.get(fuse)
    assert happened.attributes["event_type"] == "fallback_entered"

    er.async_get(hass).async_update_entity(fuse, new_entity_id="event.main_fuse")
    await hass.async_block_till_done()
    assert hass.states.get("event.main_fuse").state == happened.state

    house.meter.fault = None
    house.clock.advance(10.0)
    await house.passes(hass, 15, 1.0, 1.0, 1.0)
    attributes = hass.states.get("event.main_fuse").attributes
    assert attributes["event_type"] == "fallback_left"


async def start_anew(hass: HomeAssistant, entry: ConfigEntry, *, restart: bool) -> None:
    """Reload an entry, or let it come back with what is stored over a restart."""
    if not restart:
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        return
    stored = restore_state.async_get(hass)
    await stored.async_dump_states()
    await hass.config_entries.async_unload(entry.entry_id)
    await stored.async_load()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.usefixtures("hass_storage")
async def test_who_was_paused_before_a_restart_is_told_to_be_resumed(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    restart: bool,
) -> None:
    charger = charger_id(entry)
    told = note_events(hass, entity_id(hass, "event", charger, "charging"))
    heard = await automate(hass, device_id(hass, entry, charger), "resumed")
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    await house.passes(hass, 10, 24.0, 1.0, 1.0, cars=[left])
    assert told == ["paused"]

    await start_anew(hass, entry, restart=restart)
    await house.passes(hass, 300, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16
    assert told == ["paused", "resumed"]
    assert len(heard) == 1

    # It is over: the next restart is no news.
    await start_anew(hass, entry, restart=restart)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert told == ["paused", "resumed"]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.usefixtures("hass_storage")
async def test_a_fallback_that_began_before_a_restart_is_told_to_be_over(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, restart: bool
) -> None:
    group = group_id(entry)
    fallback = entity_id(hass, "binary_sensor", group, "fallback")
    told = note_events(hass, entity_id(hass, "event", SERIAL, "fuse"))
    await enable_all(hass, entry)

    async def is_silent_for(seconds: int) -> None:
        for _ in range(seconds // 4):
            house.clock.advance(4.0)
            await hass.async_block_till_done()

    await house.passes(hass, 20, 1.0, 1.0, 1.0)
    house.meter.fault = Fault.SILENT
    await is_silent_for(56)
    assert told == ["fallback_entered"]

    await start_anew(hass, entry, restart=restart)
    # Nothing was heard of the meter yet, which does not mean that it is back.
    assert hass.states.get(fallback).state == "off"
    await is_silent_for(56)
    assert hass.states.get(fallback).state == "on"
    assert told == ["fallback_entered"]

    house.meter.fault = None
    house.clock.advance(10.0)
    await house.passes(hass, 15, 1.0, 1.0, 1.0)
    assert told == ["fallback_entered", "fallback_left"]


async def test_a_pause_that_outlasts_a_lost_charger_is_told_to_be_over(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    told = note_events(hass, entity_id(hass, "event", charger_id(entry), "charging"))
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    await house.passes(hass, 10, 24.0, 1.0, 1.0, cars=[left])
    shown = [
        hass.states.get(entity)
        for entity in ("input_number.left", "input_boolean.left", "sensor.left")
    ]
    for state in shown:
        hass.states.async_set(state.entity_id, STATE_UNAVAILABLE)
    await house.passes(hass, 30, 1.0, 1.0, 1.0)
    for state in shown:
        hass.states.async_set(state.entity_id, state.state, state.attributes)
    await house.passes(hass, 300, 1.0, 1.0, 1.0, cars=[left])
    assert told == ["paused", "resumed"]


async def test_what_an_owner_does_not_allow_is_no_lack_of_current(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    """Its maximum, a ceiling on it, and a limit that is set at the charger."""
    charger = charger_id(entry)
    await enable_all(hass, entry)
    reason = entity_id(hass, "sensor", charger, "reason")
    told = note_events(hass, entity_id(hass, "event", charger, "charging"))
    await house.passes(hass, 120, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16

    async def is_limited(limit: float, why: str) -> None:
        await house.passes(hass, 150, 1.0, 1.0, 1.0, cars=[left])
        assert (left.limit, hass.states.get(reason).state) == (limit, why)

    await set_number(hass, charger, "max_current", 14)
    await is_limited(14, "full_current")
    device = device_id(hass, entry, charger)
    await act(hass, "set_ceiling", device_id=device, current=12, duration=HOUR)
    await is_limited(12, "ceiling")
    number = {"entity_id": "input_number.left", "value": 10}
    await hass.services.async_call("input_number", "set_value", number, blocking=True)
    await is_limited(10, "user_limit")
    assert told == []

    # A ceiling on the group leaves less to share, as the fuse does.
    group = device_id(hass, entry, group_id(entry))
    await act(hass, "set_ceiling", device_id=group, current=8, duration=HOUR)
    await house.passes(hass, 5, 1.0, 1.0, 1.0, cars=[left])
    assert 6 <= left.limit <= 8
    assert told == ["reduced"]


async def test_a_charger_that_does_not_follow_is_told_of(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    told = note_events(hass, entity_id(hass, "event", charger_id(entry), "charging"))
    for _ in range(40):
        house.clock.advance(4.0)
        left.says("charging", 16.0)
        await house.passes(hass, 1, 26.0, 18.0, 18.0)
    assert told.count("not_following") == 1


async def test_device_automations_are_offered_where_they_make_sense(
    hass: HomeAssistant, entry: ConfigEntry, left: PlainCharger
) -> None:
    ceilings, boosts = {"set_ceiling", "clear_ceiling"}, {"boost", "end_boost"}
    offered = {
        DeviceAutomationType.TRIGGER: (
            {"overload", "fallback_entered", "fallback_left", "loads_off", "loads_on"},
            {"overload", "fallback_entered", "fallback_left"},
            {"reduced", "paused", "resumed", "not_following"},
        ),
        DeviceAutomationType.CONDITION: (
            {"is_overloaded", "is_in_fallback"},
            {"is_overloaded", "is_in_fallback"},
            {"is_paused", "is_boosted"},
        ),
        DeviceAutomationType.ACTION: (ceilings, ceilings, ceilings | boosts),
    }
    for kind, expected in offered.items():
        for target, types in zip(
            (SERIAL, group_id(entry), charger_id(entry)), expected, strict=True
        ):
            device = device_id(hass, entry, target)
            found = await async_get_device_automations(hass, kind, device)
            ours = [each for each in found if each["domain"] == "amp_guard"]
            assert {each["type"] for each in ours} == types
            for each in ours:
                assert each.items() >= FIELDS[kind].items()
                assert each["device_id"] == device
                assert "entity_id" not in each


async def test_a_device_action_asks_for_what_it_needs(
    hass: HomeAssistant, entry: ConfigEntry, left: PlainCharger
) -> None:
    device = device_id(hass, entry, charger_id(entry))
    asked = {}
    for action in ("set_ceiling", "clear_ceiling", "boost", "end_boost"):
        fields = await async_get_device_automation_capabilities(
            hass,
            DeviceAutomationType.ACTION,
            {"domain": "amp_guard", "device_id": device, "type": action},
        )
        asked[action] = [field["name"] for field in fields.get("extra_fields", ())]
    assert asked == {
        "set_ceiling": ["current", "duration"],
        "clear_ceiling": [],
        "boost": ["duration"],
        "end_boost": [],
    }


async def test_a_device_action_without_end_stops_no_automation_but_its_own(
    hass: HomeAssistant, entry: ConfigEntry, left: PlainCharger
) -> None:
    device = device_id(hass, entry, charger_id(entry))
    boost = {"domain": "amp_guard", "device_id": device, "type": "boost"}
    automations = [
        {"alias": alias, "triggers": [], "actions": boost | {"duration": duration}}
        for alias, duration in (("far", {"hours": 1e13}), ("near", {"hours": 1}))
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    boosted = []
    for alias in ("far", "near"):
        automation = {"entity_id": f"automation.{alias}"}
        await hass.services.async_call(
            "automation", "trigger", automation, blocking=True
        )
        boosted.append(list(entry.runtime_data.overrides.boosts))
    assert boosted == [[], [charger_id(entry)]]


async def test_no_condition_holds_for_what_is_not_there(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    device = device_id(hass, entry, group_id(entry))
    config = {
        "condition": "device",
        "domain": "amp_guard",
        "device_id": device,
        "type": "is_overloaded",
    }
    is_overloaded = device_condition.async_condition_from_config(hass, config)
    of_another_kind = device_condition.async_condition_from_config(
        hass, config | {"type": "is_paused"}
    )
    await house.passes(hass, 20, 1.0, 1.0, 1.0)
    await house.passes(hass, 2, 27.0, 1.0, 1.0)
    assert is_overloaded(hass, None)
    assert not of_another_kind(hass, None)

    await hass.config_entries.async_unload(entry.entry_id)
    assert not is_overloaded(hass, None)
    await hass.config_entries.async_remove(entry.entry_id)
    assert not is_overloaded(hass, None)
    assert await device_trigger.async_get_triggers(hass, device) == []


async def test_devices_that_others_make_are_no_devices_of_the_tree(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    """One that another integration makes of ours, and one that hangs on our entry."""
    other = MockConfigEntry(domain="other", state=ConfigEntryState.LOADED)
    other.add_to_hass(hass)
    await house.passes(hass, 20, 1.0, 1.0, 1.0)
    await house.passes(hass, 2, 27.0, 1.0, 1.0)
    for owner, identifier in (
        (other, ("amp_guard", group_id(entry))),
        (entry, ("other", "1")),
    ):
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=owner.entry_id, identifiers={identifier}
        )
        assert await device_trigger.async_get_triggers(hass, device.id) == []
        assert await device_condition.async_get_conditions(hass, device.id) == []
        assert await device_action.async_get_actions(hass, device.id) == []
        config = {
            "condition": "device",
            "domain": "amp_guard",
            "device_id": device.id,
            "type": "is_overloaded",
        }
        is_overloaded = device_condition.async_condition_from_config(hass, config)
        assert not is_overloaded(hass, None)


async def test_an_automation_of_device_trigger_condition_and_action(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, left: PlainCharger
) -> None:
    """When the charger is paused, let it go first; unless it does already."""
    device = device_id(hass, entry, charger_id(entry))
    ours = {"domain": "amp_guard", "device_id": device}
    calls = await automate(
        hass,
        device,
        "paused",
        conditions=[
            {"condition": "device", "type": "is_paused", **ours},
            {
                "condition": "not",
                "conditions": [{"condition": "device", "type": "is_boosted", **ours}],
            },
        ],
        actions=[
            {"type": "boost", "duration": {"hours": 1}, **ours},
            {"type": "set_ceiling", "current": 10, "duration": {"hours": 1}, **ours},
            {"action": "test.automation"},
        ],
    )
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    await house.passes(hass, 5, 24.0, 1.0, 1.0, cars=[left])
    await hass.async_block_till_done()
    assert len(calls) == 1
    overrides = entry.runtime_data.overrides
    assert list(overrides.boosts) == [charger_id(entry)]
    assert [ceiling.current for ceiling in overrides.ceilings] == [10]

    await house.passes(hass, 240, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 10
    await house.passes(hass, 5, 24.0, 1.0, 1.0, cars=[left])
    assert left.limit == 0
    assert len(calls) == 1


@pytest.mark.parametrize("at_once", [False, True])
async def test_what_is_answered_by_an_action_is_neither_lost_nor_told_twice(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    at_once: bool,
) -> None:
    """By an automation, or within what tells it: what that changes is decided next."""
    charger, group = charger_id(entry), group_id(entry)
    devices = {device_id(hass, entry, each): each for each in (charger, SERIAL)}
    told = {
        charger: note_events(hass, entity_id(hass, "event", charger, "charging")),
        SERIAL: note_events(hass, entity_id(hass, "event", SERIAL, "fuse")),
    }
    fired = async_capture_events(hass, EVENT_AMP_GUARD)
    ceiling = {"device_id": device_id(hass, entry, group), "current": 0}
    ceiling |= {"duration": HOUR}

    @callback
    def answer(event: Event) -> None:
        if event.data["type"] == "reduced":
            hass.async_create_task(act(hass, "set_ceiling", **ceiling))

    if at_once:
        hass.bus.async_listen(EVENT_AMP_GUARD, answer)
    else:
        action = {"action": "amp_guard.set_ceiling", "data": ceiling}
        device = device_id(hass, entry, charger)
        await automate(hass, device, "reduced", actions=[action])
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    await house.passes(hass, 5, 12.0, 1.0, 1.0, cars=[left])

    assert told[charger] == ["reduced", "paused"]
    for device, target in devices.items():
        heard = [e.data["type"] for e in fired if e.data["device_id"] == device]
        assert heard == told[target]
