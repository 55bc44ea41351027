"""Sensors are recognised by what their integration made them."""

from pathlib import Path

from homeassistant import components
import pytest

from custom_components.amp_guard.meters.sensor_patterns import (
    PATTERNS,
    ROLES,
    SensorTraits,
    recognise,
)
from custom_components.amp_guard.model import Phase

UNITS = {"current": "A", "voltage": "V", "power": "W", "energy": "kWh"}


def registered(*unique_ids: str, **more: str) -> dict[str, SensorTraits]:
    """Return sensors by unique id; the device class follows from the id."""
    sensors = {}
    for unique_id in unique_ids:
        kind = next((k for k in UNITS if k in unique_id.lower()), "power")
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


def test_one_phase_is_enough_but_two_are_not() -> None:
    one = registered("x_current_l1", "x_voltage_l1")
    assert recognise("some", one).phases == (Phase.L1,)
    assert recognise("some", registered("x_current_l1", "x_current_l2")) is None
    assert recognise("some", registered("x_current_l2")) is None


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
    assert PATTERNS[-1].integration is None
