"""Actions: ceilings and boosts with an end, priorities, the plan."""

from collections.abc import Callable
from datetime import timedelta

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import Reason

from .helpers import (
    NO_CHARGERS,
    SERIAL,
    SET_UP_INPUT,
    Clock,
    PlainCharger,
    Property,
    add_charger,
    becomes,
    device_id,
    enable_all,
    entity_id,
    go_on,
    group_id,
    groups_input,
    hastened,
    start_flow,
)

type Pair = tuple[PlainCharger, PlainCharger]
HOUR = {"hours": 1}


@pytest.fixture
async def pair(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> Pair:
    """Two chargers that are balanced."""
    for charger in chargers.values():
        await add_charger(hass, entry, charger)
    return chargers["left"], chargers["right"]


@pytest.mark.parametrize("by", [3600.0, -3600.0, 30 * 86400.0])
@pytest.mark.usefixtures("all_enabled")
async def test_a_clock_that_is_set_ends_no_ceiling(
    hass: HomeAssistant,
    entry: ConfigEntry,
    pair: Pair,
    set_clock: Callable[[float], None],
    clock: Clock,
    by: float,
) -> None:
    """Summer time, or a computer whose clock was wrong until it found the network."""
    charger = ids(entry)[0]
    device = device_id(hass, entry, charger)
    half_an_hour = {"duration": {"minutes": 30}}
    await act(hass, "set_ceiling", device_id=device, current=7, **half_an_hour)
    overrides = entry.runtime_data.overrides
    set_clock(by)
    assert [ceiling.current for ceiling in overrides.ceilings] == [7]
    await becomes(
        hass, entity_id(hass, "sensor", charger, "reason"), lambda s: s is not None
    )
    clock.advance(25 * 60)
    set_clock(25 * 60)
    assert [ceiling.current for ceiling in overrides.ceilings] == [7]
    set_clock(6 * 60)
    clock.advance(6 * 60)
    assert len(overrides.ceilings) == (by < 0)  # by both clocks it is over


@pytest.mark.parametrize("by", [3600.0, -3600.0])
async def test_a_boost_is_over_by_the_first_clock(
    hass: HomeAssistant,
    entry: ConfigEntry,
    pair: Pair,
    set_clock: Callable[[float], None],
    clock: Clock,
    by: float,
) -> None:
    device = device_id(hass, entry, ids(entry)[0])
    await act(hass, "boost", device_id=device, duration={"minutes": 30})
    set_clock(by)
    clock.advance(29 * 60)
    set_clock(29 * 60)
    assert len(entry.runtime_data.overrides.boosts) == (by < 0)
    clock.advance(2 * 60)
    assert not entry.runtime_data.overrides.boosts


def ids(entry: ConfigEntry) -> list[str]:
    return [c.subentry_id for c in entry.get_subentries_of_type("charger")]


async def act(hass: HomeAssistant, action: str, **data: object) -> dict | None:
    responds = hass.services.supports_response(DOMAIN, action) != "none"
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=responds
    )


CHANGES = {
    "set_ceiling": {"current": 6, "duration": HOUR},
    "clear_ceiling": {},
    "request_current": {"current": 8},
    "boost": {"duration": HOUR},
    "end_boost": {},
    "set_priority": {"priority": 2},
    "find_phases": {},
}
"""The actions that change what is charged, and what they take."""


async def acts(hass: HomeAssistant, user: User, action: str, **data: object) -> None:
    responds = hass.services.supports_response(DOMAIN, action) != "none"
    await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        context=Context(user_id=user.id),
        return_response=responds,
    )


@pytest.mark.parametrize("action", CHANGES)
async def test_who_may_only_read_changes_nothing(
    hass: HomeAssistant,
    entry: ConfigEntry,
    pair: Pair,
    hass_read_only_user: User,
    action: str,
) -> None:
    charger = device_id(hass, entry, ids(entry)[0])
    with pytest.raises(Unauthorized):
        await acts(
            hass, hass_read_only_user, action, device_id=charger, **CHANGES[action]
        )
    await acts(hass, hass_read_only_user, "get_plan")
    assert entry.subentries[ids(entry)[0]].data["priority"] == 1
    assert entry.runtime_data.overrides.ceilings == ()
    assert entry.runtime_data.overrides.boosts == {}


async def test_who_may_not_read_gets_no_plan(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    stranger = MockUser(groups=[]).add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await acts(hass, stranger, "get_plan")


async def test_a_user_who_was_removed_may_nothing(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    gone = MockUser()
    with pytest.raises(UnknownUser):
        await acts(hass, gone, "get_plan")


async def test_what_has_no_device_of_ours_asks_for_no_right(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    """One charger's device was removed; at the other's another integration joins in."""
    left, right = (device_id(hass, entry, each) for each in ids(entry))
    registry = er.async_get(hass)
    theirs = registry.async_get_or_create(
        "sensor", "other", "theirs", device_id=right, config_entry=None
    )
    user = MockUser().add_to_hass(hass)
    ours = [
        each.entity_id
        for each in registry.entities.values()
        if each.config_entry_id == entry.entry_id
    ]
    assert theirs.entity_id not in ours
    user.mock_policy({"entities": {"entity_ids": dict.fromkeys(ours, True)}})
    dr.async_get(hass).async_remove_device(left)
    await acts(hass, user, "get_plan")


async def test_find_phases_of_all_needs_the_rights_of_each(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair, hass_read_only_user: User
) -> None:
    with pytest.raises(Unauthorized):
        await acts(hass, hass_read_only_user, "find_phases")


async def test_the_supply_is_an_administrators(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair, hass_admin_user: User
) -> None:
    """A user who may control all entities limits chargers, and not the grid."""
    user = MockUser().add_to_hass(hass)
    user.mock_policy({"entities": True})
    limit = {"current": 10, "duration": HOUR}
    supply = device_id(hass, entry, SERIAL)
    for action, data in (("set_ceiling", limit), ("clear_ceiling", {})):
        with pytest.raises(Unauthorized):
            await acts(hass, user, action, device_id=supply, **data)
    await acts(hass, hass_admin_user, "set_ceiling", device_id=supply, **limit)
    for target in (ids(entry)[0], group_id(entry)):
        device = device_id(hass, entry, target)
        await acts(hass, user, "set_ceiling", device_id=device, **limit)
    assert len(entry.runtime_data.overrides.ceilings) == 3


async def test_a_group_is_what_is_below_it(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    """Whoever may control one charger limits that one, and not its neighbour."""
    mine, _ = ids(entry)
    user = MockUser().add_to_hass(hass)
    registry, group = er.async_get(hass), device_id(hass, entry, group_id(entry))
    devices = {device_id(hass, entry, mine), group}
    own = {
        each.entity_id: True
        for each in registry.entities.values()
        if each.device_id in devices
    }
    user.mock_policy({"entities": {"entity_ids": own}})
    limit = {"current": 10, "duration": HOUR}
    await acts(
        hass, user, "set_ceiling", device_id=device_id(hass, entry, mine), **limit
    )
    with pytest.raises(Unauthorized):
        await acts(hass, user, "set_ceiling", device_id=group, **limit)


async def test_there_is_room_for_fifty_ceilings(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    charger = device_id(hass, entry, ids(entry)[0])
    limit = {"device_id": charger, "current": 10, "duration": HOUR}
    for number in range(50):
        await act(hass, "set_ceiling", name=f"{number}", **limit)
    with pytest.raises(ServiceValidationError, match="50"):
        await act(hass, "set_ceiling", name="one more", **limit)
    await act(hass, "set_ceiling", name="7", **limit)  # in place of that one
    with pytest.raises(vol.Invalid):
        await act(hass, "set_ceiling", name="x" * 65, **limit)
    await act(hass, "clear_ceiling", device_id=charger, name="8")
    await act(hass, "set_ceiling", name="one more", **limit)
    assert len(entry.runtime_data.overrides.ceilings) == 50


async def test_a_ceiling_counts_at_once_and_ends_by_itself(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    later: Callable[[float], None],
) -> None:
    left, right = pair
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=pair)
    assert left.limit + right.limit > 20
    group = device_id(hass, entry, group_id(entry))

    ceiling = await act(
        hass, "set_ceiling", device_id=group, current=12, duration={"minutes": 10}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    assert left.limit + right.limit <= 12
    assert ceiling["current"] == 12
    end = dt_util.parse_datetime(ceiling["until"])
    assert timedelta(minutes=9) < end - dt_util.utcnow() <= timedelta(minutes=10)
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=pair)
    assert left.limit + right.limit <= 12

    later(601)
    await house.passes(hass, 240, 1.0, 1.0, 1.0, cars=pair)
    assert left.limit + right.limit > 20


async def test_a_ceiling_on_the_supply_counts_the_house_too(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, right = pair
    await house.passes(hass, 90, 4.0, 1.0, 1.0, cars=pair)
    supply = device_id(hass, entry, SERIAL)
    await act(hass, "set_ceiling", device_id=supply, current=16, duration=HOUR)
    await house.passes(hass, 30, 4.0, 1.0, 1.0, cars=pair)
    assert 6 <= left.limit + right.limit <= 12


async def test_a_group_that_may_use_nothing_is_not_full(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    await enable_all(hass, entry)
    utilisation = entity_id(hass, "sensor", group_id(entry), "utilisation")
    await house.passes(hass, 20, 5.0, 1.0, 1.0)
    assert float(hass.states.get(utilisation).state) == 20

    group = device_id(hass, entry, group_id(entry))
    await act(hass, "set_ceiling", device_id=group, current=0, duration=HOUR)
    assert hass.states.get(utilisation).state == STATE_UNKNOWN


async def test_the_room_is_for_all_that_is_picked_together(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    left, right = (device_id(hass, entry, each) for each in ids(entry))
    limit = {"current": 10, "duration": HOUR}
    for number in range(49):
        await act(hass, "set_ceiling", device_id=left, name=str(number), **limit)
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "set_ceiling", device_id=[left, right], name="both", **limit)
    assert refused.value.translation_key == "too_many_ceilings"
    assert len(entry.runtime_data.overrides.ceilings) == 49


@pytest.mark.usefixtures("all_enabled")
async def test_of_several_ceilings_the_lowest_counts(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, _ = pair
    await house.passes(hass, 150, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16
    left_id = ids(entry)[0]
    reason = entity_id(hass, "sensor", left_id, "reason")
    target = {"device_id": device_id(hass, entry, left_id), "duration": HOUR}

    await act(hass, "set_ceiling", **target, current=8, name="grid")
    await act(hass, "set_ceiling", **target, current=10, name="tariff")
    await house.passes(hass, 10, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 8
    assert hass.states.get(reason).state == Reason.CEILING

    same = target["device_id"]
    cleared = await act(hass, "clear_ceiling", device_id=same, name="grid")
    assert [each["name"] for each in cleared["cleared"]] == ["grid"]
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 10

    cleared = await act(hass, "clear_ceiling", device_id=same)
    assert [each["name"] for each in cleared["cleared"]] == ["tariff"]
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16
    assert await act(hass, "clear_ceiling", device_id=same) == {"cleared": []}


@pytest.mark.usefixtures("all_enabled")
async def test_a_ceiling_that_no_car_can_be_told_pauses_a_charger(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, _ = pair
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    device = device_id(hass, entry, ids(entry)[0])
    shown = await act(hass, "set_ceiling", device_id=device, current=5, duration=HOUR)
    assert shown["current"] == 5
    await house.passes(hass, 5, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 0
    reason = entity_id(hass, "sensor", ids(entry)[0], "reason")
    assert hass.states.get(reason).state == Reason.CEILING


async def test_ceilings_and_boosts_outlive_a_restart(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, right = pair
    _left_id, right_id = ids(entry)
    await enable_all(hass, entry)
    group = device_id(hass, entry, group_id(entry))
    await act(hass, "set_ceiling", device_id=group, current=7, duration=HOUR)
    await act(hass, "boost", device_id=device_id(hass, entry, right_id), duration=HOUR)
    await hass.config_entries.async_reload(entry.entry_id)
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=pair)
    assert left.limit == 0
    assert 6 <= right.limit <= 7
    shown = entity_id(hass, "sensor", right_id, "boost_until")
    end = dt_util.parse_datetime(hass.states.get(shown).state)
    assert timedelta(minutes=50) < end - dt_util.utcnow() <= timedelta(hours=1)

    await act(hass, "end_boost", device_id=device_id(hass, entry, right_id))
    assert hass.states.get(shown).state == "unknown"


async def test_a_removed_charger_takes_its_ceilings_and_boosts_with_it(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left_id, right_id = ids(entry)
    for target in (left_id, right_id):
        device = device_id(hass, entry, target)
        await act(hass, "set_ceiling", device_id=device, current=8, duration=HOUR)
        await act(hass, "boost", device_id=device, duration=HOUR)
    hass.config_entries.async_remove_subentry(entry, left_id)
    await hass.async_block_till_done()
    await house.passes(hass, 3, 1.0, 1.0, 1.0)
    plan = await act(hass, "get_plan")
    assert [ceiling["target"] for ceiling in plan["ceilings"]] == ["Right"]
    assert list(entry.runtime_data.overrides.boosts) == [right_id]


async def test_who_charges_now_is_served_before_others(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    pair: Pair,
    later: Callable[[float], None],
) -> None:
    left, right = pair
    _left_id, right_id = ids(entry)
    await act(
        hass, "set_priority", device_id=device_id(hass, entry, right_id), priority=9
    )
    await house.passes(hass, 90, 10.0, 1.0, 1.0, cars=pair)
    assert left.limit > right.limit

    button = entity_id(hass, "button", right_id, "charge_now")
    await hass.services.async_call(
        "button", "press", {"entity_id": button}, blocking=True
    )
    await house.passes(hass, 420, 10.0, 1.0, 1.0, cars=pair)
    assert right.limit > left.limit
    later(240 * 60)
    await house.passes(hass, 420, 10.0, 1.0, 1.0, cars=pair)
    assert left.limit > right.limit


async def test_the_plan_says_who_gets_what_and_why(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, right = pair
    right.says("disconnected")
    await house.passes(hass, 90, 14.0, 1.0, 1.0, cars=[left])
    group = device_id(hass, entry, group_id(entry))
    await act(hass, "set_ceiling", device_id=group, current=20, duration=HOUR)
    await house.passes(hass, 2, 14.0, 1.0, 1.0, cars=[left])
    plan = await act(hass, "get_plan")

    supply, garage = plan["fuses"]
    assert (supply["name"], garage["name"]) == (entry.title, "Garage")
    assert supply["device_id"] == device_id(hass, entry, SERIAL)
    assert supply["house"] == {"L1": 14.0, "L2": 1.0, "L3": 1.0}
    assert garage["limit"] == 20
    first, second = plan["chargers"]
    assert (first["name"], second["name"]) == ("Left", "Right")
    assert first["allocated"] == left.limit
    assert (first["reason"], first["phase"]) == (Reason.SHARED, "L1")
    assert first["limited_by"] == entry.title
    assert first["explanation"] == "Shares what there is"
    assert second["reason"] == Reason.NOT_CONNECTED
    [ceiling] = plan["ceilings"]
    assert (ceiling["target"], ceiling["current"]) == ("Garage", 20)

    hass.config.language = "sv"
    plan = await act(hass, "get_plan", config_entry_id=entry.entry_id)
    assert plan["chargers"][0]["explanation"] == "Delar på det som finns"


async def test_the_plan_says_when_a_paused_charger_is_looked_at_again(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, right = pair
    right.says("disconnected")
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    await house.passes(hass, 5, 24.0, 1.0, 1.0, cars=[left])
    assert left.limit == 0
    await house.passes(hass, 40, 1.0, 1.0, 1.0, cars=[left])

    plan = await act(hass, "get_plan")
    paused, unplugged = plan["chargers"]
    assert paused["reason"] == Reason.MINIMUM_OFF
    decided, look_again = (
        dt_util.parse_datetime(moment)
        for moment in (plan["decided_at"], paused["look_again"])
    )
    # Two minutes after it was paused, of which 40 s and some have gone.
    assert timedelta(seconds=70) <= look_again - decided <= timedelta(seconds=90)
    assert unplugged["look_again"] is None


async def test_what_is_possible_is_written_as_the_language_writes_figures(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    left = await add_charger(hass, entry, chargers["left"], max_current=15.5)
    for language, allowed in (("en", "0–15.5 A"), ("sv", "0–15,5 A")):
        hass.config.language = language
        for action in ("set_ceiling", "request_current"):
            target = device_id(hass, entry, left)
            with pytest.raises(ServiceValidationError) as refused:
                await act(hass, action, device_id=target, current=99, duration=HOUR)
            assert refused.value.translation_placeholders == {"allowed": allowed}


async def test_what_breaks_a_rule_is_refused_with_what_is_possible(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    left, group, supply = (
        device_id(hass, entry, target)
        for target in (ids(entry)[0], group_id(entry), SERIAL)
    )
    foreign = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("other", "1")}
    )
    for action, data, key, allowed in (
        (
            "set_ceiling",
            {"device_id": supply, "current": 26},
            "no_such_ceiling",
            "0–25 A",
        ),
        (
            "set_ceiling",
            {"device_id": group, "current": -1},
            "no_such_ceiling",
            "0–25 A",
        ),
        (
            "set_ceiling",
            {"device_id": left, "current": 17},
            "no_such_ceiling",
            "0–16 A",
        ),
        (
            "set_ceiling",
            {"device_id": left, "current": "nan"},
            "no_such_ceiling",
            "0–16 A",
        ),
        (
            "set_ceiling",
            {"device_id": foreign.id, "current": 6},
            "no_such_device",
            "Amp Guard, Garage, Left, Right",
        ),
        ("boost", {"device_id": group}, "no_such_device", "Left, Right"),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, **data, duration=HOUR)
        assert refused.value.translation_key == key
        assert refused.value.translation_placeholders == {"allowed": allowed}
        assert allowed in str(refused.value)
    for priority in (10, 2.9, "nan"):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, "set_priority", device_id=left, priority=priority)
        assert refused.value.translation_key == "no_such_priority"
        assert refused.value.translation_placeholders == {"allowed": "1–9"}
    # Yes is no number.
    for action, data in (
        ("set_priority", {"priority": True}),
        ("set_ceiling", {"current": True, "duration": HOUR}),
    ):
        with pytest.raises(vol.Invalid):
            await act(hass, action, device_id=left, **data)
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "get_plan", config_entry_id="gone")
    assert refused.value.translation_placeholders == {"allowed": entry.title}
    # Neither no end nor two.
    for end in ({}, {"duration": HOUR, "until": dt_util.now()}):
        for action, data in (("boost", {}), ("set_ceiling", {"current": 10})):
            with pytest.raises(ServiceValidationError) as refused:
                await act(hass, action, device_id=left, **data, **end)
            assert refused.value.translation_key == "one_end"
    assert entry.runtime_data.overrides.ceilings == ()
    assert entry.runtime_data.overrides.boosts == {}
    assert entry.subentries[ids(entry)[0]].data["priority"] == 1


@pytest.mark.parametrize(
    "end",
    [
        {"duration": {"seconds": 0}},
        {"duration": {"days": 367}},
        {"duration": {"days": 5_000_000}},
        {"duration": {"days": 1e12}},
        {"until": "2026-01-01 00:00:00"},
        {"until": "0001-01-01 00:00:00"},
        {"until": "0001-01-01 00:00:00+14:00"},
        {"until": "9999-12-31 23:59:59+00:00"},
    ],
)
async def test_an_end_comes_within_a_year(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair, end: dict
) -> None:
    await hass.config.async_set_time_zone("Europe/Stockholm")
    await house.passes(hass, 3, 1.0, 1.0, 1.0)
    left = device_id(hass, entry, ids(entry)[0])
    for action, data in (("set_ceiling", {"current": 8}), ("boost", {})):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, device_id=left, **data, **end)
        assert refused.value.translation_key == "no_such_end"
        earliest, latest = (
            dt_util.parse_datetime(refused.value.translation_placeholders[bound])
            for bound in ("earliest", "latest")
        )
        assert latest - earliest == timedelta(days=366)
    assert (await act(hass, "get_plan"))["ceilings"] == []
    assert entry.runtime_data.overrides.boosts == {}


async def test_an_end_is_told_in_seconds_wherever_it_was_asked_for(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    await hass.config.async_set_time_zone("Europe/Stockholm")
    left = device_id(hass, entry, ids(entry)[0])
    tomorrow = (dt_util.now() + timedelta(days=1)).replace(microsecond=0)
    for until in (tomorrow.isoformat(), tomorrow.strftime("%Y-%m-%d %H:%M:%S")):
        for action, data in (("set_ceiling", {"current": 8}), ("boost", {})):
            shown = await act(hass, action, device_id=left, **data, until=until)
            assert shown["until"] == tomorrow.isoformat()
    shown = await act(hass, "boost", device_id=left, duration=HOUR)
    assert "." not in shown["until"]


@pytest.mark.parametrize("priority", [2, 2.0, "2"])
async def test_a_priority_is_kept_as_a_whole_number(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair, priority: object
) -> None:
    left_id = ids(entry)[0]
    device = device_id(hass, entry, left_id)
    await act(hass, "set_priority", device_id=device, priority=priority)
    assert repr(entry.subentries[left_id].data["priority"]) == "2"


ACTIONS = {
    "set_ceiling": {"current": 8, "duration": HOUR},
    "clear_ceiling": {},
    "request_current": {"current": 8},
    "boost": {"duration": HOUR},
    "end_boost": {},
    "set_priority": {"priority": 2},
    "find_phases": {},
    "get_plan": {},
    "get_grid_limits": {},
}


async def test_each_action_names_a_supply_that_is_not_set_up(
    hass: HomeAssistant,
    entry: ConfigEntry,
    pair: Pair,
    add_simulated_home: Callable,
) -> None:
    known = hass.services.async_services_for_domain(DOMAIN).keys()
    # What is told to support is told of a supply that is not set up, too.
    assert known - ACTIONS.keys() == {"get_support_information"}
    assert ACTIONS.keys() <= known
    left = device_id(hass, entry, ids(entry)[0])
    await hass.config_entries.async_unload(entry.entry_id)
    # The devices of another supply are not what is meant.
    await add_simulated_home()
    for action, data in ACTIONS.items():
        meant = {"device_id": left}
        if action in ("get_plan", "get_grid_limits"):
            meant = {"config_entry_id": entry.entry_id}
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, **meant, **data)
        assert refused.value.translation_key == "not_loaded"
        assert refused.value.translation_placeholders == {"supply": entry.title}
        assert entry.title in str(refused.value)


async def test_the_only_supply_is_meant_whether_it_is_set_up_or_not(
    hass: HomeAssistant,
    clock: Clock,
    entry: ConfigEntry,
    house: Property,
    add_simulated_home: Callable,
) -> None:
    await house.passes(hass, 3, 1.0, 1.0, 1.0)
    await add_simulated_home()
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "get_plan")
    assert refused.value.translation_key == "no_such_supply"

    entry, simulated = hass.config_entries.async_entries(DOMAIN)
    unload = hass.config_entries.async_unload(simulated.entry_id)
    await hastened(clock, unload)
    assert (await act(hass, "get_plan"))["fuses"][0]["name"] == entry.title
    await hass.config_entries.async_remove(simulated.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "get_plan")
    assert refused.value.translation_key == "not_loaded"


async def test_each_action_is_refused_for_a_device_that_it_is_not_for(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    foreign = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("other", "1")}
    )
    for device in (foreign.id, "gone"):
        for action, data in ACTIONS.items():
            if action in ("get_plan", "get_grid_limits"):
                continue
            with pytest.raises(ServiceValidationError) as refused:
                await act(hass, action, **data, device_id=device)
            assert refused.value.translation_key == "no_such_device"
            allowed = refused.value.translation_placeholders["allowed"]
            assert allowed.endswith("Left, Right")


async def test_there_is_no_plan_before_anything_is_decided(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    house.decisions.error = RuntimeError("a bug")
    await hass.config_entries.async_reload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "get_plan")
    assert refused.value.translation_key == "nothing_decided"

    house.decisions.error = None
    await house.passes(hass, 5, 1.0, 1.0, 1.0)
    plan = await act(hass, "get_plan")
    assert [fuse["name"] for fuse in plan["fuses"]] == [entry.title, "Garage"]


async def test_a_removed_supply_leaves_nothing_stored(
    hass: HomeAssistant,
    entry: ConfigEntry,
    hass_storage: dict[str, object],
) -> None:
    supply = device_id(hass, entry, SERIAL)
    await act(hass, "set_ceiling", device_id=supply, current=10, duration=HOUR)
    await hass.config_entries.async_reload(entry.entry_id)
    assert f"{DOMAIN}.{entry.entry_id}" in hass_storage
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert f"{DOMAIN}.{entry.entry_id}" not in hass_storage


async def test_without_a_meter_ceilings_and_the_plan_are_the_same(
    hass: HomeAssistant, clock: Clock, chargers: dict[str, PlainCharger]
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "no_meter",
        {"measured_phases": "1,2,3"},
        SET_UP_INPUT,
        groups_input(max_current_offline=16),
        NO_CHARGERS,
        {"active": True},
    )
    entry = result["result"]
    left, _ = chargers.values()
    left_id = await add_charger(hass, entry, left)
    for known in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        # Nothing is measured: no fuse is overloaded, and no meter lost.
        assert known.translation_key not in ("fuse", "overload", "fallback")
    await enable_all(hass, entry)
    clock.advance(200.0)
    allocated = entity_id(hass, "sensor", left_id, "allocated_current")
    await becomes(hass, allocated, "16.0")

    group = device_id(hass, entry, group_id(entry))
    await act(hass, "set_ceiling", device_id=group, current=8, duration=HOUR)
    assert hass.states.get(allocated).state == "8.0"
    plan = await act(hass, "get_plan")
    assert [fuse["meter"] for fuse in plan["fuses"]] == ["absent", "absent"]
    assert plan["fuses"][0]["device_id"] == device_id(hass, entry, entry.entry_id)
    # What needs measurements is not there.
    of_entry = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    keys = {entity.translation_key for entity in of_entry}
    assert keys.isdisjoint({"meter_online", "fallback", "fuse_heat"})
