"""Sensors in Home Assistant, or no meter at all, as an owner sets them up."""

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
from custom_components.amp_guard.model import SUPPLY_ID, MeterTrust, Reason

from .helpers import (
    GROUP_INPUT,
    NO_CHARGERS,
    SUPPLY_INPUT,
    Clock,
    Decisions,
    PlainCharger,
    add_charger,
    becomes,
    entity_id,
    go_on,
    recognised_charger,
    start_flow,
)

UNITS = {"current": "A", "voltage": "V", "power": "W"}
CHECK_INPUT = {"variant": "home", "export_positive": False}
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
    result = await go_on(hass, result, SUPPLY_INPUT, GROUP_INPUT, NO_CHARGERS, ACTIVATE)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    return result["result"]


async def add_p1(hass: HomeAssistant, p1: P1Meter) -> ConfigEntry:
    choice = {"device": p1.device.id}
    result = await go_on(
        hass, await start_flow(hass), "sensors", "sensor_device", choice, CHECK_INPUT
    )
    return await finish(hass, result)


async def test_a_meter_is_recognised_and_what_it_reads_is_shown(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        "sensor_device",
        {"device": p1.device.id},
    )
    assert result["step_id"] == "sensor_check"
    shown = result["description_placeholders"]
    assert shown["meter"] == "P1 meter"
    rows = [row.strip("| ").split(" | ") for row in shown["phases"].splitlines()]
    assert [(row[0], row[2]) for row in rows] == [
        ("L1", "10.0 A"),
        ("L2", "-5.0 A"),
        ("L3", "2.0 A"),
    ]
    assert p1.entity_id("power", 2) in rows[1][1]

    entry = await finish(hass, await go_on(hass, result, CHECK_INPUT))
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


async def test_what_is_taken_is_not_proposed(hass: HomeAssistant, p1: P1Meter) -> None:
    await add_p1(hass, p1)
    result = await go_on(hass, await start_flow(hass), "sensors")
    assert result["step_id"] == "sensor_entities"


async def test_chargers_are_not_proposed(hass: HomeAssistant, p1: P1Meter) -> None:
    recognised_charger(hass, "garage")
    result = await go_on(hass, await start_flow(hass), "sensors", "sensor_device")
    (field,) = result["data_schema"].schema.values()
    assert [o["label"] for o in field.config["options"]] == ["P1 meter"]


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
    result = await go_on(hass, await start_flow(hass), "sensors", "sensor_device")
    (field,) = result["data_schema"].schema.values()
    assert [o["label"] for o in field.config["options"]] == ["Pro 3EM"]


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
    result = await go_on(hass, await start_flow(hass), "sensors", "sensor_device")
    (field,) = result["data_schema"].schema.values()
    assert [o["label"] for o in field.config["options"]] == ["House", "Shed"]


async def test_a_sensor_that_its_owner_disabled_stays_out(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    for kind in ("current", "power"):
        er.async_get(hass).async_update_entity(
            p1.entity_id(kind, 2), disabled_by=er.RegistryEntryDisabler.USER
        )
    # Two phases are nobody's property.
    result = await go_on(hass, await start_flow(hass), "sensors")
    assert result["step_id"] == "sensor_entities"


async def test_a_meter_that_vanishes_meanwhile(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    result = await go_on(hass, await start_flow(hass), "sensors", "sensor_device")
    dr.async_get(hass).async_remove_device(p1.device.id)
    result = await go_on(hass, result, {"device": p1.device.id})
    assert result["step_id"] == "sensor_entities"


async def test_sensors_without_a_value_are_waited_for(
    hass: HomeAssistant, p1: P1Meter
) -> None:
    p1.says("power", 3, STATE_UNAVAILABLE)
    result = await go_on(
        hass,
        await start_flow(hass),
        "sensors",
        "sensor_device",
        {"device": p1.device.id},
        CHECK_INPUT,
    )
    assert result["errors"] == {"base": "sensors_unavailable"}
    p1.measures(1.0, 1.0, 1.0)
    result = await go_on(hass, result, CHECK_INPUT)
    assert result["step_id"] == "supply"


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
    group = GROUP_INPUT | {"phases": phases}
    result = await go_on(hass, result, SUPPLY_INPUT, group, NO_CHARGERS, ACTIVATE)
    entry = result["result"]
    await hass.async_block_till_done()
    assert entry.data["measured_phases"] == phases
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
        (
            {"current_l1": (1, "A"), "current_l2": (1, "A")},
            {"base": "phases_incomplete"},
        ),
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
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )


async def test_other_sensors_take_the_place(
    hass: HomeAssistant, p1: P1Meter, plain: Callable
) -> None:
    entry = await add_p1(hass, p1)
    one = plain(current_l1=(5, "A"))
    result = await go_on(
        hass, await reconfigure(hass, entry), "sensor_entities", one, CHECK_INPUT
    )
    assert result["reason"] == "phases_missing"

    def known() -> set[str]:
        registry = er.async_get(hass)
        entities = er.async_entries_for_config_entry(registry, entry.entry_id)
        return {entity.unique_id.removeprefix(entry.entry_id) for entity in entities}

    before = known()
    three = plain(current_l1=(5, "A"), current_l2=(6, "A"), current_l3=(7, "A"))
    result = await go_on(
        hass, await reconfigure(hass, entry), "sensor_entities", three, CHECK_INPUT
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    # What they do not tell leaves no sensor behind.
    per_phase = {f"_{kind}_l{n}" for kind in ("voltage", "power") for n in (1, 2, 3)}
    assert before - known() == per_phase | {"_total_power"}
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
        "sensor_entities",
        plain(**{f"power_l{n}": (-2300, "W") for n in (1, 2, 3)}),
        CHECK_INPUT | {"export_positive": True},
    )
    entry = await finish(hass, result)
    result = await go_on(hass, await reconfigure(hass, entry), "sensor_entities")
    again = {
        key.schema: key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }
    result = await go_on(hass, result, again)
    assert _proposed(result)["export_positive"] is True
    result = await go_on(
        hass,
        await reconfigure(hass, entry),
        "sensor_device",
        {"device": p1.device.id},
    )
    assert _proposed(result)["export_positive"] is False


def _proposed(result: dict) -> dict:
    """Return what a form shows in its fields at first."""
    return {
        key.schema: (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
    }


# --- no meter -----------------------------------------------------------------------


async def test_without_a_meter_the_maximum_is_shared(
    hass: HomeAssistant, clock: Clock, decisions: Decisions, chargers: dict
) -> None:
    result = await go_on(
        hass,
        await start_flow(hass),
        "no_meter",
        {"variant": "home", "measured_phases": "1,2,3"},
    )
    entry = await finish(hass, result)
    first = await add_charger(hass, entry, chargers["left"])
    clock.advance(200.0)
    before = len(decisions.made)
    await decisions.after(before)
    allocation = decisions.made[-1].allocations[first]
    assert allocation.current == GROUP_INPUT["max_current_offline"]
    assert decisions.made[-1].nodes[SUPPLY_ID].trust is MeterTrust.ABSENT
    of_entry = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert not [e for e in of_entry if "connectivity" in e.unique_id]

    result = await go_on(
        hass,
        await reconfigure(hass, entry),
        {"variant": "public", "measured_phases": "1,2,3"},
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
