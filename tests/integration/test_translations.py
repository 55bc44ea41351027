"""Every text is there, in each language, and none for what does not exist."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
import re

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import entity_registry as er
import pytest
import voluptuous as vol
import yaml

import custom_components.amp_guard as integration
from custom_components.amp_guard import device_action, device_condition, event
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.control.phase_answers import Unsure
from custom_components.amp_guard.flows.forms import charger, meter, plan, site, solar
from custom_components.amp_guard.loop.events import EventType
from custom_components.amp_guard.model import (
    BalancerType,
    EarthingSystem,
    FuseType,
    Reason,
)
from custom_components.amp_guard.plans.grid_operator import Silence, Zero
from custom_components.amp_guard.plans.presets import PRESETS
from custom_components.amp_guard.plans.surplus import SolarMode
from custom_components.amp_guard.site.tariffs import OWN

from .helpers import (
    OPERATOR,
    TARIFF,
    PlainCharger,
    add_charger,
    add_plan,
    add_solar,
    charger_input,
    go_on,
    recognised_charger,
    start_subentry,
)

FOLDER = Path(integration.__file__).parent
LANGUAGES = sorted(path.stem for path in (FOLDER / "translations").glob("*.json"))
NOT_SET_BY_ENTITIES = {
    "it_needs_two_lines",
    "offline_phase_not_wired",
    "wiring_outside_group",
}
"""Rules that no entity can break: only a form sets the net and the wiring."""
FOUND_PHASES = {"phases", "wiring", "line", "turned", "swapped", "fits", "contradicts"}
"""What can be said of a charger's phases beside why not all of it is sure."""
PLACEHOLDER = re.compile(r"{\w+}")


def load(language: str) -> dict:
    return json.loads((FOLDER / "translations" / f"{language}.json").read_text())


def entity_icons() -> dict[str, dict]:
    return json.loads((FOLDER / "icons.json").read_text())["entity"]


def texts(tree: dict, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from texts(value, (*path, key))
        else:
            yield ".".join((*path, key)), value


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_what_english_says(language: str) -> None:
    english, translated = dict(texts(load("en"))), dict(texts(load(language)))
    assert translated.keys() == english.keys()
    for key, text in translated.items():
        assert text.strip()
        assert PLACEHOLDER.findall(text) == PLACEHOLDER.findall(english[key]), key


MISREAD = {
    "sv": (
        "Min ström",
        "Max ström",
        "På om",
        "Ta bort gränsen",
        "Helst organisationen",
    ),
    "nl": ("Beurt",),
}
"""What an electrician reads otherwise than it is meant: "Min ström" is "my current"."""


@pytest.mark.parametrize("language", MISREAD)
def test_no_term_reads_as_something_else(language: str) -> None:
    for path, text in texts(load(language)):
        assert not text.startswith(MISREAD[language]), path
        assert not re.search(r"\b[Cc]entral(en)?\b", text), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_keys_stand_in_one_order(language: str) -> None:
    """So that two languages can be read beside each other."""
    paths, english = (
        [path for path, _ in texts(load(each))] for each in (language, "en")
    )
    assert paths == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_and_reasons_are_complete(language: str) -> None:
    translations = load(language)
    selector = translations["selector"]
    assert set(selector["fuse_type"]["options"]) == set(FuseType)
    assert set(selector["net"]["options"]) == set(EarthingSystem)
    assert set(selector["proceed"]["options"]) == set(site.PROCEED)
    assert set(selector["solar_mode"]["options"]) == set(SolarMode)
    assert set(selector["load_balancer_type"]["options"]) == set(BalancerType)
    assert set(selector["tariff_preset"]["options"]) == {*PRESETS, OWN}
    assert set(selector["tariff_window"]["options"]) == set(plan.WINDOWS)
    assert set(selector["operator_zero"]["options"]) == set(Zero)
    assert set(selector["operator_silence"]["options"]) == set(Silence)
    told = set(Unsure) | FOUND_PHASES
    assert set(selector["found_phases"]["options"]) == told
    sensors = translations["entity"]["sensor"]
    beside = sensors["allocated_current"]["state_attributes"]["reason"]["state"]
    assert set(sensors["reason"]["state"]) == set(Reason)
    assert beside == sensors["reason"]["state"]


def group_schema(nodes: dict[str, str]) -> vol.Schema:
    return site.group_schema(100.0, phases="1,2,3", nodes=nodes)


def charger_schema() -> vol.Schema:
    return charger.charger_schema(GROUPS, PROPOSED, most=32.0, has_name=True)


def charger_table_schema() -> vol.Schema:
    return charger.charger_table_schema(GROUPS, PROPOSED, most=32.0, labels=["Left"])


GROUPS = {"": "The one group", "other": "Another"}
PROPOSED = {
    "group": "",
    "wiring": "1,2,3",
    "max_current": 16.0,
    "offline_current": 6.0,
    "priority": 1,
}


def test_each_field_of_a_form_has_its_name_and_help() -> None:
    english = load("en")
    steps = english["config"]["step"]
    group_steps = english["config_subentries"]["group"]["step"]
    solar_steps = english["config_subentries"]["solar"]["step"]
    charger_steps = english["config_subentries"]["charger"]["step"]
    tariff_steps = english["config_subentries"]["tariff"]["step"]
    operator_steps = english["config_subentries"]["grid_operator"]["step"]
    nodes = {"supply": "Supply"}
    for schema, step in (
        (meter.METER_SCHEMA, steps["address"]),
        (meter.PIN_SCHEMA, steps["reauth_confirm"]),
        (meter.PIN_SCHEMA, steps["pin"]),
        (meter.found_schema({"192.168.1.20": "Amp Guard"}), steps["choose"]),
        (meter.NEW_METER_SCHEMA, steps["wifi"]),
        (meter.wifi_schema(["Home"]), steps["wifi_network"]),
        (meter.meter_device_schema(nodes), steps["sensor_device"]),
        (meter.METER_SENSORS_SCHEMA, steps["sensor_entities"]),
        (
            meter.meter_check_schema(
                asks_direction=True, asks_net=True, asks_charger=True
            ),
            steps["sensor_check"],
        ),
        (meter.NO_METER_SCHEMA, steps["no_meter"]),
        (site.site_schema(100.0, "home"), steps["supply"]),
        (site.supply_schema(100.0), english["options"]["step"]["init"]),
        (site.groups_schema(100.0), steps["groups"]),
        (group_schema(nodes), group_steps["user"]),
        (group_schema(nodes), group_steps["reconfigure"]),
        (solar.SOLAR_SCHEMA, solar_steps["user"]),
        (solar.SOLAR_SCHEMA, solar_steps["reconfigure"]),
        (charger.device_schema({}), charger_steps["device"]),
        (charger.ENTITIES_SCHEMA, charger_steps["entities"]),
        (charger.chargers_schema(nodes), steps["chargers"]),
        (charger.ENTITIES_SCHEMA, steps["entities"]),
        (charger.states_schema([]), steps["states"]),
        (charger.states_schema([]), charger_steps["states"]),
        (charger_schema(), steps["charger"]),
        (charger_schema(), charger_steps["charger"]),
        (charger_table_schema(), steps["charger_table"]),
        (site.activate_schema(all_works=False), steps["activate"]),
        (plan.TARIFF_SCHEMA, tariff_steps["user"]),
        (plan.TARIFF_SCHEMA, tariff_steps["reconfigure"]),
        (plan.OPERATOR_SCHEMA, operator_steps["user"]),
        (plan.OPERATOR_SCHEMA, operator_steps["reconfigure"]),
    ):
        assert_named(schema, step)
    for schema, table, row in (
        (site.groups_schema(100.0), "groups", "group_row"),
        (charger_table_schema(), "chargers", "charger_row"),
    ):
        cells = schema.schema[table].config["fields"]
        assert english["selector"][row]["fields"].keys() == cells.keys()


def assert_named(schema: vol.Schema, texts: dict) -> None:
    """Check the texts of a form, and of its sections."""
    sections = {
        str(key): content.schema
        for key, content in schema.schema.items()
        if isinstance(content, section)
    }
    fields = {str(key) for key in schema.schema} - sections.keys()
    assert texts["data"].keys() == fields
    assert texts["data_description"].keys() == fields
    assert texts.get("sections", {}).keys() == sections.keys()
    for name, content in sections.items():
        assert_named(content, texts["sections"][name])


def test_each_action_is_described() -> None:
    """As hassfest wants it: each action and field has its name and description."""
    actions = yaml.safe_load((FOLDER / "services.yaml").read_text())
    translated = load("en")["services"]
    assert translated.keys() == actions.keys()
    for name, action in actions.items():
        assert translated[name].keys() - {"fields"} == {"name", "description"}
        fields = translated[name].get("fields", {})
        assert fields.keys() == action.get("fields", {}).keys()
        for texts_of_field in fields.values():
            assert texts_of_field.keys() == {"name", "description"}
    icons = json.loads((FOLDER / "icons.json").read_text())["services"]
    assert icons.keys() == actions.keys()


def test_each_device_automation_and_event_has_its_text() -> None:
    english = load("en")
    texts_of = english["device_automation"]
    assert texts_of["trigger_type"].keys() == set(EventType)
    assert texts_of["condition_type"].keys() == set(device_condition.TYPES)
    assert texts_of["action_type"].keys() == device_action.ACTIONS.keys()
    fields = {field for each in device_action.ACTIONS.values() for field in each}
    assert texts_of["extra_fields"].keys() == fields
    for description in (event.CHARGING, event.FUSE):
        attributes = english["entity"]["event"][description.key]["state_attributes"]
        assert list(attributes["event_type"]["state"]) == description.event_types


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_device_automation_is_shown_with_an_unknown_entity(language: str) -> None:
    """The editor fills {entity_name} from an entity's id, and ours have none."""
    for path, text in texts(load(language)["device_automation"]):
        assert "{" not in text, path


def test_each_error_that_is_raised_has_its_text() -> None:
    sources = "".join(path.read_text() for path in FOLDER.rglob("*.py"))
    for key in load("en")["exceptions"]:
        assert f'"{key}"' in sources, f"nobody raises {key}"
    raised = set(
        re.findall(r'translation_key="(\w+)"', (FOLDER / "services.py").read_text())
    )
    raised |= set(
        re.findall(r'_refusal\("(\w+)"', (FOLDER / "services.py").read_text())
    )
    rules = set(
        re.findall(
            r'errors\[\w+\] = "(\w+)"', (FOLDER / "site" / "rules.py").read_text()
        )
    )
    assert raised | rules <= load("en")["exceptions"].keys() | NOT_SET_BY_ENTITIES


async def test_each_entity_has_its_name(
    hass: HomeAssistant,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
    add_simulated_home: Callable,
) -> None:
    await add_charger(hass, entry, chargers["left"])
    await add_solar(hass, entry)
    await add_plan(hass, entry, "tariff", TARIFF | {"price": 5.0})
    await add_plan(hass, entry, "grid_operator", OPERATOR)
    await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "device",
        {"charger": recognised_charger(hass, "Driveway", switches_phases=True)},
        charger_input("Driveway"),
        "save",
    )
    await add_simulated_home()
    named: dict[str, set[str]] = {}
    for entity in er.async_get(hass).entities.values():
        if entity.platform == DOMAIN and entity.translation_key is not None:
            named.setdefault(entity.domain, set()).add(entity.translation_key)

    translated = load("en")["entity"]
    assert {platform: set(keys) for platform, keys in translated.items()} == named
    for platform, keys in entity_icons().items():
        assert keys.keys() <= named[platform]


async def test_each_entity_without_a_device_class_has_an_icon(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> None:
    await add_charger(hass, entry, chargers["left"])
    await add_plan(hass, entry, "tariff", TARIFF | {"price": 5.0})
    icons = entity_icons()
    bare = [
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN
        and entity.original_device_class is None
        and entity.translation_key not in icons.get(entity.domain, {})
    ]
    assert bare == []
