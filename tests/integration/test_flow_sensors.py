"""Sensors in Home Assistant, or no meter at all, as an owner sets them up."""

import asyncio
from collections.abc import Callable

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import SUPPLY_ID, MeterTrust, Phase, Reason

from .helpers import (
    AT_SET_UP,
    GROUPS_INPUT,
    NO_CHARGERS,
    SET_UP_INPUT,
    SUPPLY_INPUT,
    Clock,
    Decisions,
    PlainCharger,
    add_charger,
    becomes,
    charger_input,
    confirmed,
    enable_all,
    entity_id,
    go_on,
    groups_input,
    recognised_charger,
    start_flow,
    start_subentry,
)

UNITS = {"current": "A", "voltage": "V", "power": "W"}
CHECK_INPUT = confirmed()
ACTIVATE = {"active": True}


class P1Meter:
    """A HomeWizard P1 meter that is in Home Assistant already."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        entry = MockConfigEntry(domain="homewizard")
        entry.add_to_hass(hass)
        self.device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={("homewizard", "p1")},
            name="P1 meter",
        )
        self.sensors = {
            (kind, phase): er.async_get(hass).async_get_or_create(
                "sensor",
                "homewizard",
                f"p1_active_{kind}_l{phase}_{UNITS[kind].lower()}",
                config_entry=entry,
                device_id=self.device.id,
                original_device_class=kind,
                unit_of_measurement=UNITS[kind],
            )
            for kind in UNITS
            for phase in (1, 2, 3)
        }

    def entity_id(self, kind: str, phase: int) -> str:
        sensor = self.sensors[kind, phase]
        return er.async_get(self.hass).async_get(sensor.id).entity_id

    def says(self, kind: str, phase: int, value: float | str) -> None:
        self.hass.states.async_set(
            self.entity_id(kind, phase),
            str(value),
            {ATTR_UNIT_OF_MEASUREMENT: UNITS[kind], ATTR_DEVICE_CLASS: kind},
        )

    def measures(self, *watts: float, voltage: float = 230.0) -> None:
        """Let a telegram come: whole amps, no sign; power with its sign."""
        for phase, power in enumerate(watts, 1):
            self.says("voltage", phase, voltage)
            self.says("current", phase, abs(int(power / voltage)))
            self.says("power", phase, power)


@pytest.fixture
async def p1(hass: HomeAssistant) -> P1Meter:
    meter = P1Meter(hass)
    meter.measures(2300.0, -1150.0, 460.0)
    return meter


async def finish(hass: HomeAssistant, result: dict) -> ConfigEntry:
    result = await go_on(
        hass, result, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS, ACTIVATE
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    return result["result"]


async def add_p1(hass: HomeAssistant, p1: P1Meter) -> ConfigEntry:
    choice = {"device": p1.device.id}
    result = await go_on(hass, await start_flow(hass), "sensors", choice, CHECK_INPUT)
    return await finish(hass, result)


async def test_a_meter_is_recognised_and_what_it_reads_is_shown(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        {"device": p1.device.id},
    )
    assert result["step_id"] == "supply"
    shown = result["description_placeholders"]["reading"]
    rows = [row.strip("| ").split(" | ") for row in shown.splitlines() if "| L" in row]
    assert rows == [
        ["L1", "10.0 A", "230 V"],
        ["L2", "-5.0 A", "230 V"],
        ["L3", "2.0 A", "230 V"],
    ]
    assert "L2 shows export" in shown

    entry = await finish(hass, result)
    assert entry.title == "P1 meter"
    assert entry.data["measured_phases"] == "1,2,3"
    assert entry.data["measured_quantities"] == ["current", "voltage", "power"]


async def test_each_telegram_is_one_sample(
    hass: HomeAssistant, p1: P1Meter, clock: Clock, decisions: Decisions
) -> None:
    entry = await add_p1(hass, p1)
    before = len(decisions.made)
    for _ in range(4):
        clock.advance(10.0)
        p1.measures(2300.0, -1150.0, 471.5)
    assert len(decisions.made) == before + 4
    assert decisions.made[-1].nodes[SUPPLY_ID].trust is MeterTrust.ONLINE
    assert entry.runtime_data.state.samples[SUPPLY_ID].current == pytest.approx(
        (10.0, -5.0, 2.05)
    )


async def test_what_does_not_change_is_waited_for_a_moment_only(
    hass: HomeAssistant, p1: P1Meter, clock: Clock, decisions: Decisions
) -> None:
    entry = await add_p1(hass, p1)
    clock.advance(10.0)
    time = hass.loop.time()
    p1.says("power", 1, 6900.0)
    clock.advance(0.3)
    await decisions.on_sample_after(time)
    assert entry.runtime_data.meters.samples[SUPPLY_ID].current[0] == pytest.approx(
        30.0
    )


async def test_another_sensor_of_the_meter_is_a_sign_of_life(
    hass: HomeAssistant, p1: P1Meter, clock: Clock, decisions: Decisions
) -> None:
    counter = er.async_get(hass).async_get_or_create(
        "sensor",
        "homewizard",
        "p1_total_power_import_kwh",
        config_entry=hass.config_entries.async_entries("homewizard")[0],
        device_id=p1.device.id,
        original_device_class="energy",
    )
    entry = await add_p1(hass, p1)
    p1.measures(2300.0, 2300.0, 2300.0)
    taken = entry.runtime_data.meters.samples[SUPPLY_ID].time

    # It counts more often than the currents are measured: no sample of its own.
    clock.advance(5.0)
    hass.states.async_set(counter.entity_id, "1.0")
    clock.advance(1.0)
    before = len(decisions.made)
    await decisions.after(before)
    assert entry.runtime_data.meters.samples[SUPPLY_ID].time == taken

    # But where nothing has changed it tells that the meter is alive.
    clock.advance(8.0)
    time = hass.loop.time()
    hass.states.async_set(counter.entity_id, "1.1")
    clock.advance(0.3)
    await decisions.on_sample_after(time)
    assert entry.runtime_data.meters.samples[SUPPLY_ID].current[0] == pytest.approx(
        10.0
    )


async def test_a_renamed_sensor_is_followed(
    hass: HomeAssistant, p1: P1Meter, clock: Clock, decisions: Decisions
) -> None:
    entry = await add_p1(hass, p1)
    for kind in UNITS:
        old = p1.entity_id(kind, 1)
        state = hass.states.get(old)
        er.async_get(hass).async_update_entity(
            old, new_entity_id=f"sensor.mains_{kind}"
        )
        hass.states.async_remove(old)
        hass.states.async_set(f"sensor.mains_{kind}", state.state, state.attributes)
    await hass.async_block_till_done()
    clock.advance(10.0)
    time = hass.loop.time()
    p1.measures(4600.0, 230.0, 230.0)
    await decisions.on_sample_after(time)
    assert entry.runtime_data.meters.samples[SUPPLY_ID].current[0] == pytest.approx(
        20.0
    )


@pytest.mark.parametrize("lost", [STATE_UNAVAILABLE, STATE_UNKNOWN, "nan"])
async def test_a_lost_sensor_makes_the_meter_lost(
    hass: HomeAssistant, p1: P1Meter, clock: Clock, lost: str
) -> None:
    entry = await add_p1(hass, p1)
    connectivity = entity_id(hass, "binary_sensor", entry.entry_id, "connectivity")
    await becomes(hass, connectivity, "on")
    p1.says("current", 2, lost)
    clock.advance(0.3)
    await becomes(hass, connectivity, "off")
    p1.measures(230.0, 230.0, 230.0)
    await becomes(hass, connectivity, "on")


async def test_a_charger_is_cut_by_the_meters_telegram(
    hass: HomeAssistant,
    p1: P1Meter,
    clock: Clock,
    decisions: Decisions,
    chargers: dict[str, PlainCharger],
) -> None:
    entry = await add_p1(hass, p1)
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)

    async def pass_time(seconds: int, *house: float) -> None:
        for _ in range(seconds):
            clock.advance(1.0)
            taken = left.takes()
            p1.measures(*(230.0 * (amps + taken) for amps in house))
            await hass.async_block_till_done(wait_background_tasks=True)

    await pass_time(60, 1.0, 2.0, 3.0)
    assert left.limit == 16.0
    await pass_time(1, 1.0, 18.0, 3.0)
    assert left.limit <= 7.0
    assert decisions.made[-1].allocations[charger].reason is Reason.OVERLOAD


def offered(form: dict) -> list[str]:
    """Return the meters that a form offers, beside picking the sensors by hand."""
    (field,) = form["data_schema"].schema.values()
    *meters, by_hand = [option["label"] for option in field.config["options"]]
    assert by_hand == "Pick the sensors by hand"
    return meters


async def test_what_is_taken_is_not_proposed(hass: HomeAssistant, p1: P1Meter) -> None:
    await add_p1(hass, p1)
    result = await go_on(hass, await start_flow(hass), "sensors")
    assert result["step_id"] == "sensor_entities"


async def test_chargers_are_not_proposed(hass: HomeAssistant, p1: P1Meter) -> None:
    recognised_charger(hass, "garage")
    result = await go_on(hass, await start_flow(hass), "sensors")
    assert offered(result) == ["P1 meter"]


async def test_a_meter_with_a_device_for_each_phase_is_one(
    hass: HomeAssistant,
) -> None:
    """As a Shelly Pro 3EM has them below its own."""
    shelly = MockConfigEntry(domain="shelly")
    shelly.add_to_hass(hass)
    devices, entities = dr.async_get(hass), er.async_get(hass)
    whole = devices.async_get_or_create(
        config_entry_id=shelly.entry_id,
        identifiers={("shelly", "AABBCC")},
        name="Pro 3EM",
    )
    for phase in "abc":
        device = devices.async_get_or_create(
            config_entry_id=shelly.entry_id,
            identifiers={("shelly", f"AABBCC-{phase}")},
            name=f"Pro 3EM Phase {phase.upper()}",
            via_device_id=whole.id,
        )
        for kind, key in (
            ("current", "current"),
            ("voltage", "voltage"),
            ("power", "act_power"),
        ):
            entities.async_get_or_create(
                "sensor",
                "shelly",
                f"AABBCC-em:0-{phase}_{key}",
                config_entry=shelly,
                device_id=device.id,
                original_device_class=kind,
                unit_of_measurement=UNITS[kind],
            )
    result = await go_on(hass, await start_flow(hass), "sensors")
    assert offered(result) == ["Pro 3EM"]


async def test_meters_of_one_phase_behind_a_gateway_are_meters_each(
    hass: HomeAssistant,
) -> None:
    mqtt = MockConfigEntry(domain="mqtt")
    mqtt.add_to_hass(hass)
    devices = dr.async_get(hass)
    gateway = devices.async_get_or_create(
        config_entry_id=mqtt.entry_id, identifiers={("mqtt", "gateway")}
    )
    for name in ("House", "Shed"):
        device = devices.async_get_or_create(
            config_entry_id=mqtt.entry_id,
            identifiers={("mqtt", name)},
            name=name,
            via_device_id=gateway.id,
        )
        er.async_get(hass).async_get_or_create(
            "sensor",
            "mqtt",
            f"{name}_current_l1",
            config_entry=mqtt,
            device_id=device.id,
            original_device_class="current",
            unit_of_measurement="A",
        )
    result = await go_on(hass, await start_flow(hass), "sensors")
    assert offered(result) == ["House", "Shed"]


async def test_a_sensor_that_its_owner_disabled_stays_out(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    for kind in ("current", "power"):
        er.async_get(hass).async_update_entity(
            p1.entity_id(kind, 1), disabled_by=er.RegistryEntryDisabler.USER
        )
    # L2 and L3 alone are nobody's property.
    result = await go_on(hass, await start_flow(hass), "sensors")
    assert result["step_id"] == "sensor_entities"


async def test_a_meter_that_vanishes_meanwhile(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    result = await go_on(hass, await start_flow(hass), "sensors")
    dr.async_get(hass).async_remove_device(p1.device.id)
    result = await go_on(hass, result, {"device": p1.device.id})
    assert result["step_id"] == "sensor_entities"


async def test_a_meter_that_falls_silent_at_the_main_fuse_is_said_to(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    choice = {"device": p1.device.id}
    result = await go_on(hass, await start_flow(hass), "sensors", choice)
    assert "10.0 A" in result["description_placeholders"]["reading"]
    p1.says("power", 3, STATE_UNAVAILABLE)
    result = await go_on(hass, result, SET_UP_INPUT | {"supply_max_current": 1000})
    assert result["step_id"] == "supply"
    assert "10.0 A" not in result["description_placeholders"]["reading"]
    assert "Nothing is measured yet" in result["description_placeholders"]["reading"]


async def test_sensors_without_a_value_are_waited_for(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    p1.says("power", 3, STATE_UNAVAILABLE)
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        {"device": p1.device.id},
        CHECK_INPUT,
    )
    assert result["errors"] == {"base": "sensors_unavailable"}
    p1.measures(1.0, 1.0, 1.0)
    result = await go_on(hass, result, CHECK_INPUT)
    assert result["step_id"] == "supply"


async def test_a_p1_reader_by_esphome_exports(
    hass: HomeAssistant, clock: Clock, decisions: Decisions
) -> None:
    """evcc-io/evcc#30204: a SlimmeLezer, in full sun; its currents have no sign."""
    kinds = {"Power Consumed": "power", "Power Produced": "power"}
    kinds |= {"Current": "current", "Voltage": "voltage"}
    names = {
        f"AA:BB/0/sensor/{name} Phase {n}": kind
        for name, kind in kinds.items()
        for n in (1, 2, 3)
    }
    device = register_meter(hass, "esphome", **names)
    registry = er.async_get(hass)

    def says(name: str, phase: int, value: float) -> None:
        sensor = registry.async_get_entity_id(
            "sensor", "esphome", f"AA:BB/0/sensor/{name} Phase {phase}"
        )
        unit = {ATTR_UNIT_OF_MEASUREMENT: UNITS[kinds[name]]}
        hass.states.async_set(sensor, str(value), unit)

    def telegram(*amps: float) -> None:
        for phase, value in enumerate(amps, 1):
            says("Voltage", phase, 230.0)
            says("Current", phase, abs(value))
            says("Power Consumed", phase, max(value, 0.0) * 230.0)
            says("Power Produced", phase, max(-value, 0.0) * 230.0)

    telegram(1.0, 2.0, 3.0)
    result = await go_on(hass, await start_flow(hass), "sensors", {"device": device})
    assert "export from import" not in result["description_placeholders"]["reading"]
    entry = await finish(hass, await go_on(hass, result, CHECK_INPUT))
    clock.advance(10.0)
    time = hass.loop.time()
    telegram(-8.0, 2.0, -3.0)
    clock.advance(0.3)
    await decisions.on_sample_after(time)
    sample = entry.runtime_data.meters.samples[SUPPLY_ID]
    assert sample.current == pytest.approx((-8.0, 2.0, -3.0))
    assert sample.signed


# --- by hand ------------------------------------------------------------------------


@pytest.fixture
def plain(hass: HomeAssistant) -> Callable[..., dict[str, str]]:
    """Return a function that makes sensors, by role, and returns the form's input."""

    def plain(**sensors: tuple[float, str]) -> dict[str, str]:
        for role, (value, unit) in sensors.items():
            hass.states.async_set(
                f"sensor.{role}", str(value), {ATTR_UNIT_OF_MEASUREMENT: unit}
            )
        return {"name": "Main"} | {role: f"sensor.{role}" for role in sensors}

    return plain


@pytest.mark.parametrize(
    ("sensors", "current"),
    [
        ({"current_l1": (12300, "mA")}, (12.3, 0.0, 0.0)),
        ({"power_l1": (2.3, "kW"), "voltage_l1": (230, "V")}, (10.0, 0.0, 0.0)),
        ({"power_l1": (0, "W"), "power_export_l1": (1.15, "kW")}, (-5.0, 0.0, 0.0)),
        (
            {
                "current_l1": (12, "A"),
                "current_l2": (3, "A"),
                "current_l3": (2, "A"),
                "total_power": (0, "W"),
                "total_power_export": (1610, "W"),
            },
            (-12.0, 3.0, 2.0),
        ),
    ],
)
async def test_sensors_are_picked_by_hand(
    hass: HomeAssistant,
    plain: Callable,
    sensors: dict[str, tuple[float, str]],
    current: tuple[float, ...],
) -> None:
    result = await go_on(
        hass, await start_flow(hass), "sensors", plain(**sensors), CHECK_INPUT
    )
    assert result["step_id"] == "supply"
    phases = "1" if current[1:] == (0.0, 0.0) else "1,2,3"
    group = groups_input(phases=phases)
    result = await go_on(hass, result, SET_UP_INPUT, group, NO_CHARGERS, ACTIVATE)
    entry = result["result"]
    await hass.async_block_till_done()
    assert entry.data["measured_phases"] == phases
    await enable_all(hass, entry)
    hass.states.async_set("sensor.current_l1", "unknown")
    plain(**sensors)
    shown = entity_id(hass, "sensor", entry.entry_id, "current_l1")
    await becomes(hass, shown, str(current[0]))
    assert entry.runtime_data.state.samples[SUPPLY_ID].current == (
        pytest.approx(current)
    )


@pytest.mark.parametrize(
    ("sensors", "errors"),
    [
        ({"voltage_l1": (230, "V")}, {"base": "phases_incomplete"}),
        ({"current_l2": (1, "A")}, {"base": "phases_incomplete"}),
        ({"current_l1": (1, "W")}, {"current_l1": "sensor_unusable"}),
        (
            {"current_l1": (1, "A"), "voltage_l1": (1, "A")},
            {"advanced": "sensor_unusable"},
        ),
    ],
)
async def test_a_wrong_pick_is_named(
    hass: HomeAssistant,
    plain: Callable,
    sensors: dict[str, tuple[float, str]],
    errors: dict[str, str],
) -> None:
    result = await go_on(hass, await start_flow(hass), "sensors", plain(**sensors))
    assert (result["step_id"], result["errors"]) == ("sensor_entities", errors)


async def test_sensors_measure_one_supply_only(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    await add_p1(hass, p1)
    picked = {
        f"current_l{phase}": er.async_get(hass).async_get(id_).entity_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        for role, id_ in entry.data["sensors"].items()
        for phase in (1, 2, 3)
        if role == f"current_l{phase}"
    }
    assert len(picked) == 3
    result = await go_on(
        hass, await start_flow(hass), "sensors", {"name": "Again"} | picked
    )
    assert result["reason"] == "already_configured"


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> dict:
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    return await go_on(hass, menu, "same_meter")


def by_hand(form: dict) -> dict | None:
    """Return what leaves the devices that are recognised, where some are offered."""
    return {"device": "by_hand"} if form["step_id"] == "sensor_device" else None


async def test_other_sensors_take_the_place(
    hass: HomeAssistant, p1: P1Meter, plain: Callable
) -> None:
    entry = await add_p1(hass, p1)
    one = plain(current_l1=(5, "A"))
    result = await go_on(
        hass, await reconfigure(hass, entry), by_hand, one, CHECK_INPUT
    )
    assert result["reason"] == "phases_missing"

    def known() -> set[str]:
        registry = er.async_get(hass)
        entities = er.async_entries_for_config_entry(registry, entry.entry_id)
        return {entity.unique_id.removeprefix(entry.entry_id) for entity in entities}

    before = known()
    three = plain(current_l1=(5, "A"), current_l2=(6, "A"), current_l3=(7, "A"))
    result = await go_on(
        hass, await reconfigure(hass, entry), by_hand, three, CHECK_INPUT
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    # What they do not tell leaves no sensor behind.
    per_phase = {f"_{kind}_l{n}" for kind in ("voltage", "power") for n in (1, 2, 3)}
    assert before - known() == per_phase | {"_total_power"}
    await enable_all(hass, entry)
    current = entity_id(hass, "sensor", entry.entry_id, "current_l2")
    plain(current_l1=(5.5, "A"), current_l2=(6.5, "A"), current_l3=(7.5, "A"))
    await becomes(hass, current, "6.5")


async def test_what_was_said_of_other_sensors_is_not_proposed(
    hass: HomeAssistant, p1: P1Meter, plain: Callable
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        by_hand,
        plain(**{f"power_l{n}": (-2300, "W") for n in (1, 2, 3)}),
        confirmed(export_positive=True),
    )
    entry = await finish(hass, result)
    result = await go_on(hass, await reconfigure(hass, entry), by_hand)
    again = {
        key.schema: key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }
    result = await go_on(hass, result, again)
    assert _proposed(result)["export_positive"] is True
    result = await go_on(hass, await reconfigure(hass, entry), {"device": p1.device.id})
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["export_positive"] is False
    await hass.async_block_till_done()


def _proposed(result: dict) -> dict:
    """Return what a form shows in its fields at first."""
    return {
        key.schema: (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
    }


# --- a line that is not measured ------------------------------------------------------

TWO_LINES = {f"current_l{n}": (5.0 + n, "A") for n in (1, 3)}
IT_INPUT = SUPPLY_INPUT | {"net": "it"}


async def add_two_lines(hass: HomeAssistant, picked: dict[str, str]) -> ConfigEntry:
    """Set up an IT net whose meter sends no I2, by hand."""
    result = await go_on(
        hass, await start_flow(hass), "sensors", picked, confirmed(net="it")
    )
    assert result["step_id"] == "supply"
    assert _proposed(result)["net"] == "it"
    result = await go_on(
        hass, result, IT_INPUT | AT_SET_UP, GROUPS_INPUT, NO_CHARGERS, ACTIVATE
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    return result["result"]


def register_meter(hass: HomeAssistant, integration: str, **sensors: str) -> str:
    """Let an integration register sensors, unique ids by their class, on a device."""
    entry = MockConfigEntry(domain=integration)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(integration, "meter")},
        name="Meter",
    )
    for unique_id, kind in sensors.items():
        sensor = er.async_get(hass).async_get_or_create(
            "sensor",
            integration,
            unique_id,
            config_entry=entry,
            device_id=device.id,
            original_device_class=kind,
            unit_of_measurement=UNITS[kind],
        )
        hass.states.async_set(
            sensor.entity_id, "5.0", {ATTR_UNIT_OF_MEASUREMENT: UNITS[kind]}
        )
    return device.id


async def test_a_meter_of_an_it_net_without_i2_is_recognised(
    hass: HomeAssistant, decisions: Decisions
) -> None:
    """As Aidon's and Kamstrup's there are: hass-AMS#37, amsreader-firmware#686."""
    device = register_meter(hass, "mqtt", ams_I1="current", ams_I3="current")
    result = await go_on(hass, await start_flow(hass), "sensors", {"device": device})
    assert result["step_id"] == "sensor_check"
    refused = await go_on(hass, result, confirmed(net="tn"))
    assert refused["errors"] == {"net": "net_needs_all_phases"}
    result = await go_on(hass, refused, confirmed(net="it"))
    # Nor is it taken back a step later.
    refused = await go_on(hass, result, SUPPLY_INPUT)
    assert refused["errors"] == {"net": "net_needs_all_phases"}
    result = await go_on(
        hass, refused, IT_INPUT | AT_SET_UP, GROUPS_INPUT, NO_CHARGERS, ACTIVATE
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    assert result["result"].data["measured_phases"] == "1,3"


@pytest.mark.parametrize("missing", [1, 2, 3])
async def test_two_lines_of_an_it_net_are_picked_by_hand(
    hass: HomeAssistant, plain: Callable, decisions: Decisions, missing: int
) -> None:
    lines = [n for n in (1, 2, 3) if n != missing]
    sensors = {f"current_l{n}": (5.0 + n, "A") for n in lines}
    entry = await add_two_lines(hass, plain(**sensors))
    assert entry.data["measured_phases"] == ",".join(map(str, lines))
    # All three lines can be used, and only those that are measured are shown.
    assert entry.runtime_data.site.groups[0].phases == tuple(Phase)
    await enable_all(hass, entry)
    plain(**{role: (value + 1, unit) for role, (value, unit) in sensors.items()})
    shown = entity_id(hass, "sensor", entry.entry_id, f"current_l{lines[0]}")
    await becomes(hass, shown, str(6.0 + lines[0]))
    measurement = entry.runtime_data.meters.measurements[SUPPLY_ID]
    assert measurement.measured == tuple(Phase(n - 1) for n in lines)
    assert measurement.current[missing - 1] == 0.0


async def test_an_it_net_that_is_measured_by_two_lines_stays_one(
    hass: HomeAssistant, plain: Callable
) -> None:
    entry = await add_two_lines(hass, plain(**TWO_LINES))
    options = await hass.config_entries.options.async_init(entry.entry_id)
    refused = await go_on(hass, options, SUPPLY_INPUT)
    assert refused["errors"] == {"net": "net_needs_all_phases"}


@pytest.mark.parametrize("net", ["tn", "it"])
async def test_in_a_known_net_two_lines_are_enough_or_not(
    hass: HomeAssistant, p1: P1Meter, plain: Callable, net: str
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        {"device": p1.device.id},
        CHECK_INPUT,
        SET_UP_INPUT | {"net": net},
        GROUPS_INPUT,
        NO_CHARGERS,
        ACTIVATE,
    )
    entry = result["result"]
    await hass.async_block_till_done()
    form = await go_on(hass, await reconfigure(hass, entry), by_hand)
    result = await go_on(hass, form, plain(**TWO_LINES))
    if net == "tn":
        assert result["errors"] == {"base": "net_needs_all_phases"}
        return
    result = await go_on(hass, result, CHECK_INPUT)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()


@pytest.mark.parametrize("state", [STATE_UNKNOWN, STATE_UNAVAILABLE, None])
async def test_a_line_that_never_reports_is_left_out_in_an_it_net(
    hass: HomeAssistant, p1: P1Meter, decisions: Decisions, state: str | None
) -> None:
    """core#90629, svenakela/ha#3: the sensor of L2 is there, and says nothing."""
    for kind in UNITS:
        if state is None:
            hass.states.async_remove(p1.entity_id(kind, 2))
        else:
            p1.says(kind, 2, state)
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        {"device": p1.device.id},
        CHECK_INPUT,
    )
    assert result["errors"] == {"base": "sensors_unavailable"}
    result = await go_on(
        hass,
        result,
        confirmed(net="it"),
        IT_INPUT | AT_SET_UP,
        GROUPS_INPUT,
        NO_CHARGERS,
        ACTIVATE,
    )
    entry = result["result"]
    assert entry.data["measured_phases"] == "1,3"
    await hass.async_block_till_done()


# --- what is nobody's property --------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "field"),
    [
        (("current_l1", "current_l2", "current_l3"), "current_l2"),
        (("current_l1", "current_l3"), "current_l3"),
        (("power_l2", "power_l3"), "power_l3"),
        (("power_export_l1", "power_export_l2"), "advanced"),
        (("total_power", "total_power_export"), "advanced"),
        (("current_l1", "heartbeat"), "advanced"),
        (("voltage_l1", "voltage_l2", "voltage_l3"), None),
    ],
)
async def test_a_sensor_is_one_phases(
    hass: HomeAssistant, plain: Callable, roles: tuple[str, ...], field: str | None
) -> None:
    unit = {"current": "A", "voltage": "V"}.get(roles[0].split("_")[0], "W")
    picked = plain(**{f"current_l{n}": (n, "A") for n in (1, 2, 3)})
    form = await go_on(hass, await start_flow(hass), "sensors")
    one = plain(one=(5, unit))["one"]
    result = await go_on(hass, form, picked | dict.fromkeys(roles, one))
    if field is None:
        assert result["step_id"] == "sensor_check"
    else:
        assert result["errors"] == {field: "sensor_twice"}


async def test_a_device_that_measures_a_charger_is_not_the_property(
    hass: HomeAssistant, chargers: dict[str, PlainCharger], p1: P1Meter
) -> None:
    """A meter in front of one charger is how its owner knows what that draws."""
    result = await go_on(hass, await start_flow(hass), "no_meter", {})
    entry = await finish(hass, result)
    phases = {f"current_l{n}": p1.sensors["current", n].entity_id for n in (1, 2, 3)}
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "entities",
        chargers["left"].entities | phases,
        charger_input(),
        "save",
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        {"device": p1.device.id},
    )
    assert result["errors"] == {"device": "sensor_of_charger"}


async def test_what_a_charger_draws_is_not_the_property(
    hass: HomeAssistant, chargers: dict[str, PlainCharger], p1: P1Meter
) -> None:
    """Neither of a charger that is balanced nor of one that is only recognised."""
    entry = await add_p1(hass, p1)
    left = chargers["left"]
    await add_charger(hass, entry, left)
    draws = {f"current_l{n}": left.entities[f"current_l{n}"] for n in (1, 2, 3)}
    form = await go_on(hass, await start_flow(hass), "sensors")
    result = await go_on(hass, form, {"name": "Main"} | draws)
    assert result["errors"] == {"current_l1": "sensor_of_charger"}

    recognised_charger(hass, "garage")
    registry = er.async_get(hass)
    draws = {
        f"current_l{n}": registry.async_get_entity_id(
            "sensor", "peblar", f"garage_current_phase_{n}"
        )
        for n in (1, 2, 3)
    }
    result = await go_on(hass, result, {"name": "Main"} | draws)
    assert result["errors"] == {"current_l1": "sensor_of_charger"}


async def test_another_sensor_of_a_chargers_device_is_asked_about(
    hass: HomeAssistant,
) -> None:
    """Some chargers bring the property's meter; most measure themselves."""
    recognised_charger(hass, "garage")
    registry = er.async_get(hass)
    device = registry.async_get(
        registry.async_get_entity_id("sensor", "peblar", "garage_cp_state")
    ).device_id
    picked = {"name": "Main"}
    for n in (1, 2, 3):
        sensor = registry.async_get_or_create(
            "sensor", "peblar", f"garage_grid_{n}", device_id=device
        )
        hass.states.async_set(sensor.entity_id, "5", {ATTR_UNIT_OF_MEASUREMENT: "A"})
        picked[f"current_l{n}"] = sensor.entity_id
    form = await go_on(hass, await start_flow(hass), "sensors")
    form = await go_on(hass, form, picked)
    assert "garage" in form["description_placeholders"]["notes"]
    result = await go_on(hass, form, confirmed(whole_property=False))
    assert result["errors"] == {"whole_property": "charger_measures_itself"}
    result = await go_on(hass, result, confirmed(whole_property=True))
    assert result["step_id"] == "supply"


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
async def test_two_set_ups_at_once_make_one_supply(
    hass: HomeAssistant, p1: P1Meter, steps: int
) -> None:
    """Of the same sensors: two would share out the whole fuse each."""
    inputs = [CHECK_INPUT, SET_UP_INPUT, GROUPS_INPUT, NO_CHARGERS, ACTIVATE]
    choice = ("sensors", {"device": p1.device.id})
    flows = [await go_on(hass, await start_flow(hass), *choice) for _ in range(2)]
    flows = [await go_on(hass, flow, *inputs[: steps - 1]) for flow in flows]
    if steps == len(inputs):  # both at the same moment
        ends = await asyncio.gather(*(go_on(hass, f, inputs[-1]) for f in flows))
    else:
        ends = []
        for flow in flows:
            end = flow
            for given in inputs[steps - 1 :]:
                if end["type"] is FlowResultType.ABORT:
                    break
                end = await go_on(hass, end, given)
            ends.append(end)
    assert [end["type"] for end in ends] == [
        FlowResultType.CREATE_ENTRY,
        FlowResultType.ABORT,
    ]
    assert ends[1]["reason"] == "already_configured"
    await hass.async_block_till_done()
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_sensors_that_another_took_meanwhile_are_not_changed_to(
    hass: HomeAssistant, p1: P1Meter, plain: Callable
) -> None:
    three = plain(**{f"current_l{n}": (n, "A") for n in (1, 2, 3)})
    form = await go_on(hass, await start_flow(hass), "sensors", by_hand)
    entry = await finish(hass, await go_on(hass, form, three, CHECK_INPUT))
    of_p1 = {f"power_l{phase}": p1.entity_id("power", phase) for phase in (1, 2, 3)}
    check = await go_on(
        hass, await reconfigure(hass, entry), by_hand, {"name": "P1"} | of_p1
    )
    assert check["step_id"] == "sensor_check"
    await add_p1(hass, p1)
    result = await go_on(hass, check, CHECK_INPUT)
    assert result["reason"] == "already_configured"


# --- what is said of them -------------------------------------------------------------


async def notes_of(hass: HomeAssistant, picked: dict[str, str]) -> str:
    form = await go_on(hass, await start_flow(hass), "sensors")
    form = await go_on(hass, form, by_hand)
    form = await go_on(hass, form, picked)
    assert form["step_id"] == "sensor_check"
    return form["description_placeholders"]["notes"]


async def test_currents_without_a_direction_are_said(
    hass: HomeAssistant, plain: Callable
) -> None:
    currents = {f"current_l{n}": (n, "A") for n in (1, 2, 3)}
    powers = {f"power_l{n}": (n, "W") for n in (1, 2, 3)}
    total = {"total_power": (100, "W")}
    assert "export from import" in await notes_of(hass, plain(**currents))
    for directed in (powers, currents | powers, currents | total):
        assert "export from import" not in await notes_of(hass, plain(**directed))


async def test_what_shows_no_life_is_said(
    hass: HomeAssistant, p1: P1Meter, plain: Callable
) -> None:
    """What is no device's, or a device's only sensor; not what shares a telegram."""
    of_p1 = {f"current_l{n}": p1.entity_id("current", n) for n in (1, 2, 3)}
    assert "heartbeat" not in await notes_of(hass, {"name": "P1"} | of_p1)
    alone = plain(current_l1=(1, "A"))
    notes = await notes_of(hass, alone)
    assert "each 10 s" in notes
    assert "`sensor.current_l1`" in notes
    three = plain(**{f"current_l{n}": (n, "A") for n in (1, 2, 3)})
    assert "for a day at most" in await notes_of(hass, three)
    hass.states.async_set("sensor.last_telegram", "now")
    picked = three | {"heartbeat": "sensor.last_telegram"}
    assert "for a day at most" not in await notes_of(hass, picked)


# --- no meter -----------------------------------------------------------------------


async def test_without_a_meter_the_maximum_is_shared(
    hass: HomeAssistant, clock: Clock, decisions: Decisions, chargers: dict
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "no_meter",
        {"measured_phases": "1,2,3"},
    )
    entry = await finish(hass, result)
    first = await add_charger(hass, entry, chargers["left"])
    clock.advance(200.0)
    before = len(decisions.made)
    await decisions.after(before)
    allocation = decisions.made[-1].allocations[first]
    assert allocation.current == 10
    assert decisions.made[-1].nodes[SUPPLY_ID].trust is MeterTrust.ABSENT
    of_entry = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert not [e for e in of_entry if "connectivity" in e.unique_id]

    result = await go_on(
        hass,
        await reconfigure(hass, entry),
        {"measured_phases": "1,2,3"},
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
