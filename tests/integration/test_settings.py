"""Numbers, selects and switches: what is set there counts at once, or is refused."""

from homeassistant.components.number import (
    ATTR_VALUE,
    DOMAIN as NUMBER,
    SERVICE_SET_VALUE,
)
from homeassistant.components.select import (
    ATTR_OPTION,
    DOMAIN as SELECT,
    SERVICE_SELECT_OPTION,
)
from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.amp_guard.model import Reason

from .helpers import (
    GROUP_INPUT,
    SERIAL,
    PlainCharger,
    Property,
    add_charger,
    charger_input,
    enable_all,
    entity_id,
    go_on,
    group_id,
    start_subentry,
)

type Pair = tuple[PlainCharger, PlainCharger]


@pytest.fixture
async def pair(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> Pair:
    """Two chargers that are balanced, with every entity enabled."""
    for charger in chargers.values():
        await add_charger(hass, entry, charger)
    await enable_all(hass, entry)
    return chargers["left"], chargers["right"]


def charger_id(entry: ConfigEntry, name: str) -> str:
    [found] = [
        id_
        for id_, subentry in entry.subentries.items()
        if subentry.title == name.capitalize()
    ]
    return found


async def set_number(hass: HomeAssistant, device: str, key: str, value: float) -> str:
    number = entity_id(hass, NUMBER, device, key)
    await hass.services.async_call(
        NUMBER,
        SERVICE_SET_VALUE,
        {ATTR_ENTITY_ID: number, ATTR_VALUE: value},
        blocking=True,
    )
    await hass.async_block_till_done()
    return hass.states.get(number).state


async def select(hass: HomeAssistant, device: str, key: str, option: str) -> str:
    entity = entity_id(hass, SELECT, device, key)
    await hass.services.async_call(
        SELECT,
        SERVICE_SELECT_OPTION,
        {ATTR_ENTITY_ID: entity, ATTR_OPTION: option},
        blocking=True,
    )
    await hass.async_block_till_done()
    return hass.states.get(entity).state


async def turn(hass: HomeAssistant, device: str, key: str, state: str) -> str:
    switch = entity_id(hass, SWITCH, device, key)
    await hass.services.async_call(
        SWITCH, f"turn_{state}", {ATTR_ENTITY_ID: switch}, blocking=True
    )
    await hass.async_block_till_done()
    return hass.states.get(switch).state


async def test_few_entities_are_enabled(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    await add_charger(hass, entry, chargers["left"])
    registry = er.async_get(hass)
    settings = [
        entity
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
        if entity.domain in (NUMBER, SELECT, SWITCH)
    ]
    enabled = {entity.translation_key for entity in settings if not entity.disabled}
    assert enabled == {"load_balancing"}


async def test_a_lower_limit_counts_at_once(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, right = pair
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=pair)
    assert left.limit + right.limit > 20
    loop = entry.runtime_data

    group = group_id(entry)
    assert await set_number(hass, group, "max_current_online", 13) == "13.0"
    assert left.limit + right.limit <= 13
    # Nothing was set up anew: the meter and the other chargers go on.
    assert entry.runtime_data is loop

    assert await set_number(hass, charger_id(entry, "left"), "max_current", 7) == "7.0"
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=pair)
    assert left.limit <= 7
    assert left.limit + right.limit <= 13
    assert entry.state is ConfigEntryState.LOADED


async def test_a_changed_figure_makes_nobody_forget_a_pause(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=pair)
    await house.passes(hass, 10, 15.0, 15.0, 15.0, cars=pair)
    paused, charging = sorted(pair, key=lambda charger: charger.limit)
    assert (paused.limit, charging.limit >= 6) == (0, True)

    charger = charger_id(entry, charging.name)
    assert await set_number(hass, charger, "max_current", 15) == "15.0"
    for limit in (14, 15):
        await set_number(hass, charger, "max_current", limit)
        await house.passes(hass, 45, 1.0, 1.0, 1.0, cars=pair)
        assert paused.limit == 0
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=pair)
    assert paused.limit >= 6


@pytest.mark.parametrize(
    ("key", "value", "error", "allowed"),
    [
        ("max_current_online", 26, "group_above_supply", "10–25"),
        ("max_current_online", 9, "offline_above_online", "10–25"),
        ("max_current_offline", 5, "offline_below_minimum", "0, 6–25"),
        ("max_current_offline", 26, "offline_above_online", "0, 6–25"),
        ("min_current", 17, "minimum_above_charger", "6–10"),
    ],
)
async def test_a_limit_of_a_group_that_breaks_a_rule_is_refused(
    hass: HomeAssistant,
    entry: ConfigEntry,
    pair: Pair,
    key: str,
    value: float,
    error: str,
    allowed: str,
) -> None:
    group = group_id(entry)
    number = entity_id(hass, NUMBER, group, key)
    before = hass.states.get(number).state
    with pytest.raises(ServiceValidationError) as refused:
        await set_number(hass, group, key, value)
    assert refused.value.translation_key == error
    assert refused.value.translation_placeholders == {"allowed": allowed}
    assert f"Possible now: {allowed}" in str(refused.value)
    assert hass.states.get(number).state == before


async def test_a_limit_of_a_charger_that_breaks_a_rule_is_refused(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    left = charger_id(entry, "left")
    for value in (3, 17):
        with pytest.raises(ServiceValidationError) as refused:
            await set_number(hass, left, "offline_current", value)
        assert refused.value.translation_placeholders == {"allowed": "0, 6–16"}
    assert await set_number(hass, left, "offline_current", 0) == "0.0"


@pytest.mark.parametrize(
    ("of_group", "key", "allowed"),
    [
        (True, "max_current_online", "10–25"),
        (True, "max_current_offline", "0, 6–25"),
        (True, "min_current", "6–10"),
        (False, "max_current", "6–32"),
        (False, "offline_current", "0, 6–16"),
        (False, "socket_current", "1–16"),
        (False, "boost_duration", "5–1440"),
    ],
)
async def test_what_is_no_number_is_refused(
    hass: HomeAssistant,
    entry: ConfigEntry,
    pair: Pair,
    of_group: bool,
    key: str,
    allowed: str,
) -> None:
    target = group_id(entry) if of_group else charger_id(entry, "left")
    before = dict(entry.subentries[target].data)
    with pytest.raises(ServiceValidationError) as refused:
        await set_number(hass, target, key, float("nan"))
    assert refused.value.translation_key == "no_number"
    assert refused.value.translation_placeholders == {"allowed": allowed}
    assert entry.subentries[target].data == before


async def test_phases_change_within_what_hangs_on_them(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    group = group_id(entry)
    assert await select(hass, group, "phases", "3,1,2") == "3,1,2"
    with pytest.raises(ServiceValidationError) as refused:
        await select(hass, group, "phases", "1,2")
    assert refused.value.translation_key == "phase_in_use"
    assert "3,2,1" in refused.value.translation_placeholders["allowed"]


async def test_a_phase_that_is_left_out_leaves_no_sensor_behind(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    await enable_all(hass, entry)
    group = group_id(entry)
    left_out = entity_id(hass, "sensor", group, "available_current_l3")
    await select(hass, group, "phases", "2,1")
    assert er.async_get(hass).async_get(left_out) is None
    stays = entity_id(hass, "sensor", group, "available_current_l2")
    assert hass.states.get(stays).state != STATE_UNAVAILABLE


async def test_who_comes_first_is_served_first(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, right = pair
    assert await select(hass, charger_id(entry, "left"), "priority", "2") == "2"
    await house.passes(hass, 90, 8.0, 8.0, 8.0, cars=pair)
    assert right.limit > left.limit

    assert await select(hass, charger_id(entry, "left"), "priority", "1") == "1"
    assert await select(hass, charger_id(entry, "right"), "priority", "5") == "5"
    await house.passes(hass, 300, 8.0, 8.0, 8.0, cars=pair)
    assert left.limit > right.limit


async def test_the_way_of_sharing_and_the_offline_phase_are_chosen(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    shown = await select(hass, SERIAL, "load_balancer_type", "first_come")
    assert shown == entry.options["load_balancer_type"] == "first_come"
    assert entry.runtime_data.site.balancer_type == "first_come"

    left = charger_id(entry, "left")
    assert await select(hass, left, "offline_phase", "2") == "2"
    assert entry.subentries[left].data["offline_phase"] == "2"


async def test_a_charger_that_takes_no_part_is_left_alone(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    left, right = pair
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=pair)
    left_id = charger_id(entry, "left")
    assert await turn(hass, left_id, "active", "off") == STATE_OFF
    left.commands.clear()
    await house.passes(hass, 30, 14.0, 14.0, 14.0, cars=[right])
    assert left.commands == []
    assert 6 <= right.limit <= 11
    reason = entity_id(hass, "sensor", left_id, "reason")
    assert hass.states.get(reason).state == Reason.INACTIVE

    assert await turn(hass, left_id, "active", "on") == STATE_ON
    await house.passes(hass, 5, 14.0, 14.0, 14.0, cars=pair)
    assert left.limit + right.limit <= 11


async def test_current_is_kept_free_for_an_outlet(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, pair: Pair
) -> None:
    _, right = pair
    left_id = charger_id(entry, "left")
    await turn(hass, left_id, "socket", "on")
    assert await set_number(hass, left_id, "socket_current", 10) == "10.0"
    pair[0].says("disconnected")
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[right])
    assert 13 <= right.limit <= 14

    await turn(hass, left_id, "socket", "off")
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[right])
    assert right.limit == 16


async def test_a_form_does_not_forget_what_was_set_elsewhere(
    hass: HomeAssistant, entry: ConfigEntry, pair: Pair
) -> None:
    group, left_id = group_id(entry), charger_id(entry, "left")
    await turn(hass, group, "active", "off")
    await turn(hass, left_id, "socket", "on")
    await set_number(hass, left_id, "boost_duration", 60)

    result = await start_subentry(hass, entry, "group", group)
    await go_on(hass, result, GROUP_INPUT | {"parent": "supply", "min_current": 8})
    await hass.async_block_till_done()
    result = await start_subentry(hass, entry, "charger", left_id)
    await go_on(
        hass, result, pair[0].entities, charger_input() | {"priority": 2}, "save"
    )
    await hass.async_block_till_done()

    assert entry.subentries[group].data["min_current"] == 8
    assert entry.subentries[left_id].data["priority"] == 2
    states = [
        hass.states.get(entity_id(hass, platform, device, key)).state
        for platform, device, key in (
            (SWITCH, group, "active"),
            (SWITCH, left_id, "socket"),
            (NUMBER, left_id, "boost_duration"),
        )
    ]
    assert states == [STATE_OFF, STATE_ON, "60.0"]
