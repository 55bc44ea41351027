"""Sensors are recognised by what their integration made them."""

from pathlib import Path

from homeassistant import components
import pytest

from custom_components.amp_guard.meters.known_meters import recognise
from custom_components.amp_guard.meters.sensor_patterns import (
    ROLES,
    SensorTraits,
    show_direction,
)
from custom_components.amp_guard.model import Phase

UNITS = {"current": "A", "voltage": "V", "power": "W", "energy": "kWh"}


def registered(*unique_ids: str, **more: str) -> dict[str, SensorTraits]:
    """Return sensors by unique id; the device class follows from the id."""
    sensors = {}
    for unique_id in unique_ids:
        name = unique_id.lower().replace("currently", "")
        kind = max(UNITS, key=name.rfind) if any(k in name for k in UNITS) else "power"
        sensors[unique_id] = SensorTraits(
            unique_id=unique_id,
            translation_key=None,
            device_class=kind,
            unit=UNITS[kind],
        )
    return sensors


KINDS = {
    "homewizard": (
        [
            f"P1_{key}"
            for n in (1, 2, 3)
            for key in (
                f"active_current_l{n}_a",
                f"active_voltage_l{n}_v",
                f"active_power_l{n}_w",
                f"active_power_factor_l{n}",
            )
        ]
        + ["P1_active_power_w", "P1_active_current_a", "P1_total_power_import_kwh"],
        {"current", "voltage", "power"},
        {"total_power"},
    ),
    "dsmr": (
        [
            f"5678_instantaneous_{key}"
            for n in (1, 2, 3)
            for key in (
                f"current_l{n}",
                f"voltage_l{n}",
                f"active_power_l{n}_positive",
                f"active_power_l{n}_negative",
            )
        ],
        {"current", "voltage", "power", "power_export"},
        set(),
    ),
    "tibber": (
        [
            f"home_{key}"
            for n in (1, 2, 3)
            for key in (f"rt_currentL{n}", f"rt_voltagePhase{n}")
        ]
        + ["home_rt_power", "home_rt_powerProduction", "home_rt_averagePower"],
        {"current", "voltage"},
        {"total_power", "total_power_export"},
    ),
    "shelly": (
        [
            f"AABBCC-em:0-{phase}_{key}"
            for phase in "abc"
            for key in ("current", "voltage", "act_power")
        ]
        + ["AABBCC-em:0-n_current", "AABBCC-em:0-total_act_power"],
        {"current", "voltage", "power"},
        set(),
    ),
    "fronius": (
        [
            f"1234-{key}_phase_{n}"
            for n in (1, 2, 3)
            for key in ("current_ac", "voltage_ac", "power_real")
        ],
        {"current", "voltage", "power"},
        set(),
    ),
    "solaredge_modbus": (
        [
            f"7E123_meter_4711_ac_{key}"
            for a in "abc"
            for key in (f"current_phase_{a}", f"voltage_phase_{a}n", f"power_phase_{a}")
        ],
        {"current", "voltage", "power"},
        set(),
    ),
    "dsmr_reader": (
        [
            f"01J-dsmr_reading_phase_{key}_l{n}"
            for n in (1, 2, 3)
            for key in (
                "power_current",
                "voltage",
                "currently_delivered",
                "currently_returned",
            )
        ]
        + [
            "01J-dsmr_reading_electricity_currently_delivered",
            "01J-dsmr_reading_electricity_currently_returned",
            "01J-dsmr_reading_electricity_delivered_1",
        ],
        {"current", "voltage", "power", "power_export"},
        {"total_power", "total_power_export"},
    ),
    "p1_monitor": (
        [
            f"01J_phases_{key}_phase_l{n}"
            for n in (1, 2, 3)
            for key in ("current", "voltage", "power_consumed", "power_produced")
        ]
        + ["01J_smartmeter_power_consumption", "01J_smartmeter_power_production"],
        {"current", "voltage", "power", "power_export"},
        {"total_power", "total_power_export"},
    ),
    "youless": (
        [
            f"youless_192_phase_{n}_{key}"
            for n in (1, 2, 3)
            for key in ("current", "voltage", "power")
        ]
        + ["youless_192_usage"],
        {"current", "voltage", "power"},
        {"total_power"},
    ),
    "huawei_solar": (
        [
            f"HV1_{key}"
            for a in "ABC"
            for key in (
                f"active_grid_{a}_current",
                f"grid_{a}_voltage",
                f"active_grid_{a}_power",
            )
        ]
        + ["HV1_power_meter_active_power", "HV1_active_grid_A_B_voltage"],
        {"current", "voltage", "power"},
        {"total_power"},
    ),
    "perific": (
        [f"42_{key}_l{n}" for n in (1, 2, 3) for key in ("current", "voltage")]
        + ["42_power_import"],
        {"current", "voltage"},
        set(),
    ),
    "mqtt": (
        [f"ams-1a2b_{key}{n}" for n in (1, 2, 3) for key in ("I", "U", "P")],
        {"current", "voltage", "power"},
        set(),
    ),
    "esphome": (
        [
            f"aa:bb-sensor-phase_{a}_{key}"
            for a in "abc"
            for key in ("current", "voltage", "power")
        ],
        {"current", "voltage", "power"},
        set(),
    ),
}


def sensors_of(integration: str) -> dict[str, SensorTraits]:
    sensors = registered(*KINDS[integration][0])
    if integration == "mqtt":  # its keys are the short names of quantities
        kinds = {"I": "current", "U": "voltage", "P": "power"}
        for key, traits in sensors.items():
            kind = kinds[key[-2]]
            sensors[key] = traits._replace(device_class=kind, unit=UNITS[kind])
    return sensors


@pytest.mark.parametrize("integration", KINDS)
def test_each_phase_is_found(integration: str) -> None:
    _, quantities, totals = KINDS[integration]
    found = recognise(integration, sensors_of(integration))
    assert found is not None
    expected = {f"{q}_{phase.name.lower()}" for q in quantities for phase in Phase}
    assert found.sensors.keys() == expected | totals
    # Each sensor in one role, each phase's own.
    assert len(set(found.sensors.values())) == len(found.sensors)


def test_a_shelly_with_a_meter_for_each_phase() -> None:
    for unique_id in ("S-emeter_{}-{}", "S-em1:{}-{}_em1"):
        sensors = registered(
            *(
                unique_id.format(i, key)
                for i in range(3)
                for key in ("current", "voltage", "power")
            )
        )
        found = recognise("shelly", sensors)
        assert found is not None
        assert found.sensors["power_l3"] == unique_id.format(2, "power")


def victron(*places: str) -> dict[str, SensorTraits]:
    return {
        f"{where}_{kind}_{phase}": SensorTraits(
            unique_id=f"c0ffee_{where}_30_{kind}_{phase}",
            translation_key=f"{where}_{kind}_phase",
            device_class=kind,
            unit=UNITS[kind],
        )
        for where in places
        for kind in ("current", "voltage", "power")
        for phase in ("L1", "L2", "L3")
    }


def test_victron_is_known_by_its_translation_keys() -> None:
    sensors = victron("pvinverter", "grid", "acload")
    found = recognise("victron_gx", sensors)
    assert found is not None
    assert set(found.sensors.values()) == {k for k in sensors if k.startswith("grid")}
    assert found.sensors["current_l2"] == "grid_current_L2"


def power_and_currents(*names: str) -> dict[str, SensorTraits]:
    """Return the sensors of a reader; `{n}` in a name is the phase."""
    return registered(
        *(name.format(n=n) for name in names if "{n}" in name for n in (1, 2, 3)),
        *(name for name in names if "{n}" not in name),
    )


@pytest.mark.parametrize(
    ("integration", "imported", "exported", "others", "totals"),
    [
        (  # a SlimmeLezer by ESPHome, as its unique ids are now
            "esphome",
            "AA:BB/0/sensor/Power Consumed Phase {n}",
            "AA:BB/0/sensor/Power Produced Phase {n}",
            ["AA:BB/0/sensor/Current Phase {n}", "AA:BB/0/sensor/Voltage Phase {n}"],
            ["AA:BB/0/sensor/Power Consumed", "AA:BB/0/sensor/Power Produced"],
        ),
        (  # the same, as they were
            "esphome",
            "AA:BB-sensor-power_consumed_phase_{n}",
            "AA:BB-sensor-power_produced_phase_{n}",
            ["AA:BB-sensor-current_phase_{n}", "AA:BB-sensor-voltage_phase_{n}"],
            ["AA:BB-sensor-power_consumed", "AA:BB-sensor-power_produced"],
        ),
        (
            "esphome",
            "AA:BB/0/sensor/Momentary Active Import Phase {n}",
            "AA:BB/0/sensor/Momentary Active Export Phase {n}",
            ["AA:BB/0/sensor/Current Phase {n}", "AA:BB/0/sensor/Voltage Phase {n}"],
            [
                "AA:BB/0/sensor/Momentary Active Import",
                "AA:BB/0/sensor/Momentary Active Export",
            ],
        ),
        (
            "esphome",
            "AA:BB/0/sensor/Power Delivered L{n}",
            "AA:BB/0/sensor/Power Returned L{n}",
            ["AA:BB/0/sensor/Current L{n}", "AA:BB/0/sensor/Voltage L{n}"],
            ["AA:BB/0/sensor/Power Delivered", "AA:BB/0/sensor/Power Returned"],
        ),
        (  # P1IB by MQTT
            "mqtt",
            "p1ib_active_power_plus_l{n}",
            "p1ib_active_power_minus_l{n}",
            ["p1ib_current_l{n}", "p1ib_voltage_l{n}"],
            ["p1ib_active_power_plus_q1_q4", "p1ib_active_power_minus_q2_q3"],
        ),
        (
            "some",
            "L{n} active import",
            "L{n} active export",
            ["L{n} current", "L{n} voltage"],
            ["Active import", "Active export"],
        ),
    ],
)
def test_readers_with_two_counters_of_power_are_taken_with_their_direction(
    integration: str,
    imported: str,
    exported: str,
    others: list[str],
    totals: list[str],
) -> None:
    """evcc-io/evcc#30204, esphome/issues#3042, #4731: power in two directions."""
    sensors = power_and_currents(imported, exported, *others, *totals)
    found = recognise(integration, sensors)
    assert found is not None
    assert found.sensors["power_l2"] == imported.format(n=2)
    assert found.sensors["power_export_l2"] == exported.format(n=2)
    assert {found.sensors[f"{k}_l3"] for k in ("current", "voltage")} == {
        name.format(n=3) for name in others
    }
    assert [found.sensors[f"total_{k}"] for k in ("power", "power_export")] == totals
    assert show_direction(found.sensors)


def test_ams_readers_by_mqtt_show_their_direction_by_the_total() -> None:
    """Where the meter sends no power of each phase."""
    kinds = {"I": "current", "U": "voltage", "P": "power", "PO": "power"}
    names = [f"{kind}{n}" for kind in "IU" for n in (1, 2, 3)] + ["P", "PO"]
    sensors = {
        name: SensorTraits(
            unique_id=f"ams-1a2b_{name}",
            translation_key=None,
            device_class=(kind := kinds[name.rstrip("123")]),
            unit=UNITS[kind],
        )
        for name in names
    }
    found = recognise("mqtt", sensors)
    assert found is not None
    assert found.sensors["total_power"] == "P"
    assert found.sensors["total_power_export"] == "PO"
    assert "power_l1" not in found.sensors
    assert show_direction(found.sensors)
    # Import alone is no direction.
    found = recognise("mqtt", {k: v for k, v in sensors.items() if k != "PO"})
    assert found is not None
    assert not show_direction(found.sensors)


def test_a_signed_power_is_not_paired_with_what_is_exported() -> None:
    """Where there are both, import goes with export, and neither with the net."""
    names = [
        "x_current_l{n}",
        "x_power_l{n}",
        "x_power_consumed_l{n}",
        "x_power_produced_l{n}",
    ]
    found = recognise("some", power_and_currents(*names))
    assert found is not None
    assert found.sensors["power_l1"] == "x_power_consumed_l1"
    assert found.sensors["power_export_l1"] == "x_power_produced_l1"
    found = recognise("some", power_and_currents(*names[:2], names[3]))
    assert found is not None
    assert found.sensors["power_l1"] == "x_power_l1"
    assert "power_export_l1" not in found.sensors


def test_what_is_imported_alone_counts_only_where_nothing_else_is_known() -> None:
    imported = "x_power_consumed_l{n}"
    found = recognise("some", power_and_currents(imported, "x_current_l{n}"))
    assert found is not None
    assert set(found.sensors) == {f"current_l{n}" for n in (1, 2, 3)}
    assert not show_direction(found.sensors)
    found = recognise("some", power_and_currents(imported))
    assert found is not None
    assert set(found.sensors) == {f"power_l{n}" for n in (1, 2, 3)}


@pytest.mark.parametrize(
    "name",
    [
        "AA/0/sensor/Reactive Power Consumed Phase {n}",
        "AA/0/sensor/Momentary Reactive Import Phase {n}",
        "AA/0/sensor/Solar Power Factor L{n}",
        "AA/0/sensor/Maximum Power Consumed L{n} today",
    ],
)
def test_other_powers_are_left(name: str) -> None:
    """Though their owner gave them the class of active power."""
    assert recognise("esphome", power_and_currents(name)) is None


@pytest.mark.parametrize(
    "part", ["solar", "PV", "inverter", "battery", "Heat Pump", "charger", "EVSE"]
)
def test_a_part_of_a_property_is_not_the_property(part: str) -> None:
    """A gateway that measures both: what is produced is not what is exported."""
    of_part = [f"{part}_current_l{{n}}", f"gw {part} power l{{n}}"]
    assert recognise("mqtt", power_and_currents(*of_part)) is None
    whole = ["grid_current_l{n}", "power_consumption", f"{part}_power_production"]
    found = recognise("mqtt", power_and_currents(*of_part, *whole))
    assert found is not None
    assert found.sensors == {f"current_l{n}": f"grid_current_l{n}" for n in (1, 2, 3)}


def test_an_enphase_gateway_is_known_by_its_transformers_at_the_grid() -> None:
    def sensor(key: str, translation_key: str, kind: str) -> SensorTraits:
        return SensorTraits(f"1225_{key}", translation_key, kind, UNITS[kind])

    sensors = {
        traits.unique_id: traits
        for n in (1, 2, 3)
        for traits in (
            sensor(f"balanced_net_consumption_l{n}", "balanced_x_phase", "power"),
            sensor(f"net_consumption_l{n}", "net_consumption_phase", "power"),
            sensor(f"net_ct_current_l{n}", "net_ct_current_phase", "current"),
            sensor(f"production_ct_current_l{n}", "production_x_phase", "current"),
            sensor(f"voltage_l{n}", "net_ct_voltage_phase", "voltage"),
            sensor(f"production_ct_voltage_l{n}", "production_x", "voltage"),
        )
    }
    found = recognise("enphase_envoy", sensors)
    assert found is not None
    assert found.sensors["power_l1"] == "1225_net_consumption_l1"
    assert found.sensors["current_l2"] == "1225_net_ct_current_l2"
    assert found.sensors["voltage_l3"] == "1225_voltage_l3"


def test_a_tibber_bridge_is_known_by_its_codes() -> None:
    codes = {
        "current": ("1f", "33", "47"),
        "voltage": ("20", "34", "48"),
        "power": ("24", "38", "4c"),
    }
    sensors = {
        f"{kind}{n}": SensorTraits(f"pulse_0100{code}0700ff", None, kind, UNITS[kind])
        for kind, phases in codes.items()
        for n, code in enumerate(phases, 1)
    } | {"all": SensorTraits("pulse_0100100700ff", None, "power", "W")}
    found = recognise("tibber_local", sensors)
    assert found is not None
    assert found.sensors["power_l3"] == "power3"
    assert found.sensors["total_power"] == "all"


SOLAREDGE_INVERTER = registered(
    *(f"7E123_ac_current_phase_{a}" for a in "abc"),
    *(f"7E123_ac_voltage_phase_{a}n" for a in "abc"),
)


@pytest.mark.parametrize(
    ("integration", "sensors"),
    [
        ("victron_gx", victron("pvinverter")),
        ("victron_gx", victron("acload")),
        ("solaredge_modbus", SOLAREDGE_INVERTER),
    ],
)
def test_what_else_a_known_integration_measures_is_no_property(
    integration: str, sensors: dict[str, SensorTraits]
) -> None:
    assert recognise(integration, sensors) is None


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        (
            "homewizard/sensor.py",
            "active_current_l1_a active_voltage_l1_v active_power_l1_w active_power_w",
        ),
        (
            "dsmr/sensor.py",
            (
                "instantaneous_current_l1 instantaneous_voltage_l1"
                " instantaneous_active_power_l1_positive"
                " instantaneous_active_power_l1_negative"
                " current_electricity_usage current_electricity_delivery"
            ),
        ),
        ("tibber/sensor.py", "currentL1 voltagePhase1 power powerProduction"),
        (
            "shelly/sensor.py",
            (
                "emeter|current emeter|voltage emeter|power a_current a_voltage a_act_power"
                " current_em1 voltage_em1 power_em1"
            ),
        ),
        (
            "dsmr_reader/definitions.py",
            (
                "dsmr/reading/phase_power_current_l1 dsmr/reading/phase_voltage_l1"
                " dsmr/reading/phase_currently_delivered_l1"
                " dsmr/reading/phase_currently_returned_l1"
                " dsmr/reading/electricity_currently_delivered"
                " dsmr/reading/electricity_currently_returned"
            ),
        ),
        (
            "p1_monitor/sensor.py",
            (
                "current_phase_l1 voltage_phase_l1 power_consumed_phase_l1"
                " power_produced_phase_l1 power_consumption power_production"
                " phases smartmeter"
            ),
        ),
        (
            "youless/sensor.py",
            "phase_1_current phase_1_voltage phase_1_power usage",
        ),
        (
            "enphase_envoy/sensor.py",
            "net_ct_current net_ct_voltage voltage net_consumption",
        ),
        (
            "fronius/sensor.py",
            "current_ac_phase_1 voltage_ac_phase_1 power_real_phase_1",
        ),
        (
            "solaredge_modbus/sensor.py",
            "ac_current_phase_a ac_voltage_phase_an ac_power_phase_a",
        ),
        (
            "victron_gx/strings.json",
            "grid_current_phase grid_voltage_phase grid_power_phase",
        ),
    ],
)
def test_what_is_recognised_is_what_home_assistant_registers(
    where: str, keys: str
) -> None:
    """Its integrations whose client libraries are not here, by what they say."""
    source = (Path(components.__path__[0]) / where).read_text()
    assert [key for key in keys.split() if f'"{key}"' not in source] == []


@pytest.mark.parametrize(
    ("measured", "phases"),
    [
        ((1,), (Phase.L1,)),
        ((2,), None),
        ((1, 2), None),
        ((2, 3), None),
        # Aron's circuit: the middle line of an IT net follows from the two others.
        ((1, 3), (Phase.L1, Phase.L3)),
        ((1, 2, 3), tuple(Phase)),
    ],
)
def test_which_phases_are_a_propertys(
    measured: tuple[int, ...], phases: tuple[Phase, ...] | None
) -> None:
    found = recognise("some", registered(*(f"x_current_l{n}" for n in measured)))
    assert (found and found.phases) == phases


@pytest.mark.parametrize(
    "sensor",
    [
        SensorTraits("x_current_l1", None, "voltage", "V"),
        SensorTraits("x_current_l1", None, "current", "%"),
        SensorTraits("x_current_l1", None, None, "A"),
        SensorTraits("x_current", None, "current", "A"),
        SensorTraits("x_current_a", None, "current", "A"),
        SensorTraits("x_max_power_per_phase", None, "power", "kW"),
        SensorTraits("x_current_l1_count", None, "current", "A"),
    ],
)
def test_what_only_looks_like_it_is_left(sensor: SensorTraits) -> None:
    assert recognise("some", {"x": sensor}) is None


def test_export_is_positive_for_solaredge() -> None:
    found = recognise("solaredge_modbus", sensors_of("solaredge_modbus"))
    assert found.pattern.export_positive


def test_every_role_has_a_key_of_its_own() -> None:
    assert len(ROLES) == 14
    assert all(role.key == key for key, role in ROLES.items())
