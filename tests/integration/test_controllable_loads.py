"""The owner's controllable loads: off where no charger can make room, and on again.

The simulated fuse is the judge; the loads are helpers, which draw what they draw while
they are on.
"""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.control.load_shedding import QUIET
from custom_components.amp_guard.model import FuseType
from simulator.fuse import FuseModel

from .helpers import (
    SERIAL,
    SUPPLY_INPUT,
    PlainCharger,
    Property,
    add_charger,
    entity_id,
    go_on,
)
from .street import Street, StreetCharger

BOILER, SAUNA = "input_boolean.boiler", "input_boolean.sauna"
DRAWS = {BOILER: 9.0, SAUNA: 4.0}
"""A on each phase."""
HOUSE = 5.0
OVEN = 9.0


@pytest.fixture
async def loads(hass: HomeAssistant) -> None:
    """Two things that are on."""
    helpers = {name: {"initial": True} for name in ("boiler", "sauna")}
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": helpers}
    )


@pytest.fixture
async def site(
    hass: HomeAssistant,
    house: Property,
    entry: ConfigEntry,
    loads: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Street:
    """A charger with its car at all that is left, beside two loads that may go off."""
    made = Street(
        hass=hass,
        house=house,
        entry=entry,
        fuse=FuseModel(25.0, FuseType.GG),
        chargers=[StreetCharger(hass=hass, name="charger", pushes=True)],
    )
    monkeypatch.setattr(
        "custom_components.amp_guard.chargers.driver.async_update_entity",
        made.update_entity,
    )
    await made.connect()
    await choose(hass, entry, BOILER, SAUNA)
    await live(made, 120)
    made.begin_judging()
    return made


async def choose(hass: HomeAssistant, entry: ConfigEntry, *loads: str) -> dict:
    """Choose the loads in the settings of the supply."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    chosen = {"controllable_loads": list(loads)} if loads else {}
    result = await go_on(hass, result, SUPPLY_INPUT | chosen)
    await hass.async_block_till_done()
    return result


async def live(site: Street, seconds: int, more: float = 0.0) -> None:
    """Let time pass; the house draws what it does, its loads while they are on."""
    for _ in range(seconds):
        drawn = (
            HOUSE
            + more
            + sum(amps for load, amps in DRAWS.items() if is_on(site.hass, load))
        )
        await site.passes(1, drawn, drawn, drawn)


def is_on(hass: HomeAssistant, load: str) -> bool:
    return hass.states.get(load).state == "on"


def told(hass: HomeAssistant, entry: ConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"loads_off_{entry.entry_id}")


async def refuses(_part: str, _value: float) -> bool:
    raise HomeAssistantError("not now")


async def ignores(_part: str, _value: float) -> bool:
    return False


def lose(charger: StreetCharger) -> None:
    charger.reachable = False


def refuse(charger: StreetCharger) -> None:
    charger.manner = refuses


def ignore(charger: StreetCharger) -> None:
    charger.manner = ignores


# --- off --------------------------------------------------------------------------------


@pytest.mark.parametrize(("befall", "within"), [(lose, 5), (refuse, 8), (ignore, 18)])
async def test_they_go_off_while_a_charger_is_lost_or_does_not_obey(
    hass: HomeAssistant,
    entry: ConfigEntry,
    site: Street,
    befall: Callable[[StreetCharger], None],
    within: int,
) -> None:
    befall(site.chargers[0])
    await live(site, 60, OVEN)

    assert not is_on(hass, BOILER)
    assert not is_on(hass, SAUNA)
    assert site.over <= within
    assert site.fuse.heat_max < 1.5625
    issue = told(hass, entry)
    assert issue
    assert issue.translation_placeholders["loads"] == "boiler, sauna"


async def test_without_them_the_fuse_goes(
    hass: HomeAssistant, entry: ConfigEntry, site: Street
) -> None:
    await choose(hass, entry)
    lose(site.chargers[0])
    await live(site, 60, OVEN + 4.0)

    assert is_on(hass, BOILER)
    assert site.fuse.heat_max >= 1.5625


async def test_they_stay_on_where_chargers_can_make_room(
    hass: HomeAssistant, entry: ConfigEntry, site: Street
) -> None:
    await live(site, 120, OVEN - 4.0)

    assert is_on(hass, BOILER)
    assert is_on(hass, SAUNA)
    assert told(hass, entry) is None


async def test_they_go_off_where_all_cars_are_paused_and_it_is_too_much_still(
    hass: HomeAssistant, site: Street
) -> None:
    await live(site, 60, OVEN + 2.0)

    assert not is_on(hass, BOILER)
    assert site.chargers[0].drawn == 0


async def test_one_that_hangs_or_refuses_keeps_no_other_on(
    hass: HomeAssistant, site: Street
) -> None:
    turn_off = hass.services.async_services_internal()["input_boolean"]["turn_off"]
    asked: list[str] = []

    async def handle(call: ServiceCall) -> None:
        [load] = call.data["entity_id"]
        asked.append(load)
        if load == BOILER:
            raise HomeAssistantError("no")
        hass.states.async_set(load, "off")

    hass.services.async_register("input_boolean", "turn_off", handle, turn_off.schema)
    lose(site.chargers[0])
    await live(site, 40, OVEN)

    assert not is_on(hass, SAUNA)
    assert asked.count(SAUNA) == 1
    assert 3 <= asked.count(BOILER) <= 5


# --- told -------------------------------------------------------------------------------


async def test_it_is_an_event_of_the_supply(
    hass: HomeAssistant, entry: ConfigEntry, site: Street
) -> None:
    heard: list[dict] = []

    @callback
    def note(event: Event) -> None:
        if event.data["type"].startswith("loads_"):
            heard.append(dict(event.data))

    hass.bus.async_listen("amp_guard_event", note)
    lose(site.chargers[0])
    await live(site, 10, OVEN)

    assert [event["type"] for event in heard] == ["loads_off"]
    assert heard[0]["loads"] == [BOILER, SAUNA]
    shown = hass.states.get(entity_id(hass, "event", SERIAL, "fuse"))
    assert shown.attributes["event_type"] == "loads_off"


# --- on again ---------------------------------------------------------------------------


async def test_they_come_on_again_one_after_the_other(
    hass: HomeAssistant, entry: ConfigEntry, site: Street
) -> None:
    lose(site.chargers[0])
    await live(site, 30, OVEN)
    site.chargers[0].reachable = True
    await live(site, int(QUIET) - 30)
    assert not is_on(hass, BOILER)
    assert not is_on(hass, SAUNA)

    await live(site, 60)
    assert is_on(hass, BOILER) != is_on(hass, SAUNA)
    await live(site, 90)
    assert is_on(hass, BOILER)
    assert is_on(hass, SAUNA)
    assert told(hass, entry) is None


async def test_they_stay_off_while_a_lost_charger_leaves_no_room(
    hass: HomeAssistant, site: Street
) -> None:
    lose(site.chargers[0])
    await live(site, 30, OVEN)
    drawn = site.chargers[0].drawn
    assert drawn + HOUSE + 10.0 > 16.0
    await live(site, int(QUIET) + 200, 25.0 - HOUSE - drawn - 5.0)

    assert not is_on(hass, BOILER)


async def test_one_that_was_switched_on_by_hand_is_its_owners(
    hass: HomeAssistant, entry: ConfigEntry, site: Street
) -> None:
    lose(site.chargers[0])
    await live(site, 30, OVEN)
    await hass.services.async_call(
        "input_boolean", "turn_on", {"entity_id": SAUNA}, blocking=True
    )
    await live(site, 30, OVEN)
    assert is_on(hass, SAUNA)
    assert told(hass, entry).translation_placeholders["loads"] == "boiler"

    await hass.services.async_call(
        "input_boolean", "turn_off", {"entity_id": SAUNA}, blocking=True
    )
    site.chargers[0].reachable = True
    await live(site, int(QUIET) + 180)
    assert is_on(hass, BOILER)
    assert not is_on(hass, SAUNA)


# --- whatever happens meanwhile -----------------------------------------------------------


async def test_a_restart_leaves_nothing_off(
    hass: HomeAssistant, entry: ConfigEntry, site: Street
) -> None:
    lose(site.chargers[0])
    await live(site, 30, OVEN)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await live(site, 10, OVEN)
    assert told(hass, entry)
    site.chargers[0].reachable = True
    await live(site, int(QUIET) + 180)

    assert is_on(hass, BOILER)
    assert is_on(hass, SAUNA)


async def test_one_that_is_no_longer_on_the_list_comes_on_at_once(
    hass: HomeAssistant, entry: ConfigEntry, site: Street
) -> None:
    lose(site.chargers[0])
    await live(site, 30, OVEN)
    await choose(hass, entry, SAUNA)

    assert is_on(hass, BOILER)
    assert not is_on(hass, SAUNA)


@pytest.mark.parametrize("way", ["disabled", "removed"])
async def test_who_removes_or_disables_the_balancing_finds_them_on(
    hass: HomeAssistant, entry: ConfigEntry, site: Street, way: str
) -> None:
    lose(site.chargers[0])
    await live(site, 30, OVEN)
    if way == "disabled":
        await hass.config_entries.async_set_disabled_by(
            entry.entry_id, ConfigEntryDisabler.USER
        )
    else:
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert is_on(hass, BOILER)
    assert is_on(hass, SAUNA)
    assert told(hass, entry) is None


# --- the form ---------------------------------------------------------------------------


async def test_what_is_chosen_survives_a_renaming_and_is_shown_again(
    hass: HomeAssistant, entry: ConfigEntry, site: Street
) -> None:
    er.async_get(hass).async_update_entity(BOILER, new_entity_id="input_boolean.tank")
    await hass.async_block_till_done()
    result = await hass.config_entries.options.async_init(entry.entry_id)
    folded = result["data_schema"].schema["advanced"].schema.schema
    [field] = [key for key in folded if key == "controllable_loads"]
    assert field.description["suggested_value"] == ["input_boolean.tank", SAUNA]

    lose(site.chargers[0])
    for _ in range(10):
        await site.passes(1, *[HOUSE + OVEN + 13.0] * 3)
    assert hass.states.get("input_boolean.tank").state == "off"


async def test_what_belongs_to_the_balancing_or_to_a_charger_is_refused(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    await add_charger(hass, entry, chargers["left"])
    ours = next(
        each.entity_id
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if each.domain == "switch"
    )
    for load in (ours, "input_boolean.left"):
        result = await choose(hass, entry, load)
        assert result["type"] is FlowResultType.FORM
        assert result["errors"] == {"advanced": "load_balanced"}
        assert result["description_placeholders"]["load"] == load
