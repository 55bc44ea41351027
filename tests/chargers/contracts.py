"""What integrations register and accept, written down from their source.

Each contract holds the registry entries of one charger as its integration makes them
(with neighbours that are easily mistaken), a charging car's states, and what has to be
sent. `Calls` name entities by their unique id.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from custom_components.amp_guard.model import ChargerReading, ChargerStatus, PhaseValues

NOW = "2026-11-22T17:00:00Z"
MINUTE_AGO = "2026-11-22T16:59:00Z"

type Call = tuple[str, dict[str, Any]]
"""An action's full name, and its data."""

type Shows = Callable[[str, dict[str, Any]], Mapping[str, str]]
"""What entities show after an action, beside the one that it is aimed at."""


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """An entity as its integration registers it."""

    platform: str
    unique_id: str
    state: str = "0"
    key: str | None = None
    unit: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    disabled: bool = False


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One integration's charger, with a car that charges.

    `give_8_unseen` is sent after a pause that does not show yet, where that differs.
    `use_one` and `use_all` set a paused one to one phase and to all, where it can be.
    """

    profile: str
    integration: str
    entities: tuple[Upstream, ...]
    reading: ChargerReading
    give_10: tuple[Call, ...]
    pause: tuple[Call, ...]
    give_8: tuple[Call, ...]
    identifier: str | None = "1234567"
    model: str | None = None
    connector: int = 1
    phases: int = 3
    valid_for: float | None = None
    actions: tuple[str, ...] = ()
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    shows: Shows = lambda _name, _data: {}
    give_8_unseen: tuple[Call, ...] | None = None
    use_one: Call | None = None
    use_all: Call | None = None


def sensor(unique_id: str, state: str, **more: Any) -> Upstream:
    return Upstream(platform="sensor", unique_id=unique_id, state=state, **more)


def number(unique_id: str, state: str, least: float, most: float, **more: Any):
    return Upstream(
        platform="number",
        unique_id=unique_id,
        state=state,
        unit="A",
        attributes={"min": least, "max": most, "step": 1},
        **more,
    )


def switch(unique_id: str, state: str = "on", **more: Any) -> Upstream:
    return Upstream(platform="switch", unique_id=unique_id, state=state, **more)


def select(unique_id: str, state: str, **more: Any) -> Upstream:
    return Upstream(platform="select", unique_id=unique_id, state=state, **more)


def binary(unique_id: str, state: str, **more: Any) -> Upstream:
    return Upstream(platform="binary_sensor", unique_id=unique_id, state=state, **more)


def button(unique_id: str) -> Upstream:
    return Upstream(platform="button", unique_id=unique_id, state="unknown")


def set_value(unique_id: str, value: float) -> Call:
    return "number.set_value", {"entity_id": unique_id, "value": value}


def turn(direction: str, unique_id: str) -> Call:
    return f"switch.turn_{direction}", {"entity_id": unique_id}


def option(unique_id: str, value: str) -> Call:
    return "select.select_option", {"entity_id": unique_id, "option": value}


def press(unique_id: str) -> Call:
    return "button.press", {"entity_id": unique_id}


def uses_all(reading: ChargerReading) -> ChargerReading:
    """Return that of one which says that it is set to use all phases."""
    return replace(reading, phases_set=3)


def charging(
    l1: float, l2: float = 0.0, l3: float = 0.0, *, limit: float | None = 16.0
) -> ChargerReading:
    return ChargerReading(
        status=ChargerStatus.CHARGING, current=PhaseValues(l1, l2, l3), limit=limit
    )


def _ocpp(purpose: str, limit: float, start: str = NOW, **more: Any) -> Call:
    schedule = {"duration": more.pop("duration")} if "duration" in more else {}
    return "ocpp.set_charge_rate", {
        "devid": "garage",
        "conn_id": 1,
        "custom_profile": {
            "stackLevel": 1,
            "chargingProfilePurpose": purpose,
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "startSchedule": start,
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
                **schedule,
            },
            **more,
        },
    }


def _ocpp_default() -> Call:
    return _ocpp("TxDefaultProfile", 6, MINUTE_AGO, chargingProfileId=5100)


def _ocpp_session(limit: float, duration: int) -> Call:
    return _ocpp(
        "TxProfile",
        limit,
        chargingProfileId=5200,
        transactionId=42,
        duration=duration,
    )


def _ocpp_shows(_name: str, data: dict[str, Any]) -> Mapping[str, str]:
    profile = data.get("custom_profile")
    if profile is None or profile["chargingProfilePurpose"] != "TxProfile":
        return {}
    [period] = profile["chargingSchedule"]["chargingSchedulePeriod"]
    return {"ocpp.garage.current_offered.sensor": str(period["limit"])}


def _easee(name: str, current: int, **more: int) -> Call:
    return f"easee.set_circuit_{name}_limit", {
        "device_id": "device",
        "current_p1": current,
        "current_p2": current,
        "current_p3": current,
        **more,
    }


TESLA_AMPS = "VIN1-charge_state_charge_current_request"


def _tesla(integration: str, enable: str) -> Contract:
    amps = TESLA_AMPS
    return Contract(
        profile=integration,
        integration=integration,
        phases=1,
        entities=(
            number(amps, "16", 0, 32),
            number("VIN1-charge_state_charge_limit_soc", "80", 50, 100),
            switch(enable),
            Upstream(
                platform="device_tracker", unique_id="VIN1-location", state="home"
            ),
            Upstream(platform="device_tracker", unique_id="VIN1-route", state="Work"),
            sensor("VIN1-charge_state_charging_state", "charging"),
            sensor("VIN1-charge_state_charger_actual_current", "15", unit="A"),
        ),
        reading=charging(15.0),
        give_10=(set_value(amps, 10),),
        pause=(turn("off", enable),),
        give_8=(set_value(amps, 8), turn("on", enable)),
    )


def _chargeamps(connector: int) -> Contract:
    own = f"chargeamps_1234567_{connector}"
    return Contract(
        profile="chargeamps",
        integration="chargeamps",
        model="Aura",
        connector=connector,
        entities=tuple(
            upstream
            for n in (1, 2)
            for upstream in (
                number(f"chargeamps_1234567_{n}_max_current", "16.0", 0, 32),
                switch(f"chargeamps_1234567_{n}_enable"),
                switch(f"chargeamps_1234567_{n}_schedule", "off"),
                sensor(f"chargeamps_1234567_{n}_status", "Charging", key="status"),
                *(
                    sensor(
                        f"chargeamps_1234567_{n}_l{phase}_current",
                        f"{10 * n + phase}.5",
                        unit="A",
                    )
                    for phase in (1, 2, 3)
                ),
            )
        ),
        reading=charging(
            10 * connector + 1.5, 10 * connector + 2.5, 10 * connector + 3.5
        ),
        give_10=(set_value(f"{own}_max_current", 10),),
        pause=(set_value(f"{own}_max_current", 0),),
        give_8=(set_value(f"{own}_max_current", 8),),
    )


def _alfen(socket: int) -> Contract:
    """A double; a single one has the same of its socket 1."""
    limit = f"alfen_Alfen_main_normal_max_current_socket_{socket}"
    return Contract(
        profile="alfen_wallbox",
        integration="alfen_wallbox",
        identifier="Alfen",
        model="NG920-61022",
        connector=socket,
        entities=(
            number("alfen_Alfen_max_station_current", "16", 0, 16),
            number("alfen_Alfen_alb_safe_current", "6", 1, 16),
            *(
                upstream
                for n in (1, 2)
                for upstream in (
                    number(
                        f"alfen_Alfen_main_normal_max_current_socket_{n}", "16", 0, 16
                    ),
                    sensor(f"alfen_Alfen-status_socket_{n}", "Charging Normal"),
                    sensor(f"alfen_Alfen-main_state_socket_{n}", "Charging Power On"),
                    sensor(
                        f"alfen_Alfen-main_active_max_current_socket_{n}",
                        "16.0",
                        unit="A",
                    ),
                    sensor(f"alfen_Alfen-current_n_socket_{n}", "0.1", unit="A"),
                    *(
                        sensor(
                            f"alfen_Alfen-current_l{phase}_socket_{n}",
                            f"{10 * n + phase}.5",
                            unit="A",
                        )
                        for phase in (1, 2, 3)
                    ),
                )
            ),
            sensor("alfen_Alfen-smart_meter_current_l1", "3.1", unit="A"),
        ),
        reading=charging(10 * socket + 1.5, 10 * socket + 2.5, 10 * socket + 3.5),
        give_10=(set_value(limit, 10),),
        pause=(set_value(limit, 0),),
        give_8=(set_value(limit, 8),),
    )


def _wattpilot(name: str, limit: str) -> Contract:
    return Contract(
        profile="wattpilot",
        integration="wattpilot",
        identifier="91000001",
        entities=(
            number(limit, "16", 6, 32),
            number(f"{name}-fst", "1400", 0, 999999),
            select(f"{name}-psm", "Auto"),
            button(f"{name}-frc0"),
            button(f"{name}-frc1"),
            button(f"{name}-frc2"),
            sensor(f"{name}-carConnected", "charging"),
            sensor(f"{name}-car", "Charging"),
            sensor(f"{name}-modelStatus", "ChargingBecauseFallbackDefault"),
            sensor(
                f"{name}-nrg",
                "10400",
                unit="W",
                attributes={"L1_Ampere": 15.1, "L2_Ampere": 15.2, "L3_Ampere": 15.3},
            ),
        ),
        reading=charging(15.1, 15.2, 15.3),
        give_10=(set_value(limit, 10),),
        pause=(press(f"{name}-frc1"),),
        give_8=(set_value(limit, 8), press(f"{name}-frc0")),
    )


SMARTEVSE_LIMIT = "SmartEVSE/5001-ChargeCurrentOverride"


def _smartevse(second_contactor: str) -> Contract:
    own, has_it = "SmartEVSE/5001", second_contactor != "Not present"
    reading = charging(15.1, 15.2, 15.3)
    return Contract(
        profile="smartevse",
        integration="mqtt",
        identifier=own,
        model="SmartEVSE v3",
        entities=(
            Upstream(
                platform="number",
                unique_id=SMARTEVSE_LIMIT,
                state="16.0",
                attributes={"min": 0, "max": 32, "step": 1},
            ),
            number(f"{own}-CPPWMOverride", "-1", -1, 100),
            select(f"{own}-Mode", "Normal"),
            select(f"{own}-EnableC2", second_contactor),
            sensor(f"{own}-State", "Charging"),
            sensor(f"{own}-StateID", "C"),
            sensor(f"{own}-EVPlugState", "Connected"),
            sensor(f"{own}-ChargeCurrent", "16.0", unit="A"),
            sensor(f"{own}-MaxCurrent", "32.0", unit="A"),
            *(sensor(f"{own}-EVCurrentL{n}", f"15.{n}", unit="A") for n in (1, 2, 3)),
            *(sensor(f"{own}-MainsCurrentL{n}", f"3.{n}", unit="A") for n in (1, 2, 3)),
        ),
        reading=uses_all(reading) if has_it else reading,
        give_10=(set_value(SMARTEVSE_LIMIT, 10),),
        pause=(option(f"{own}-Mode", "Pause"),),
        use_one=option(f"{own}-EnableC2", "Always Off") if has_it else None,
        use_all=option(f"{own}-EnableC2", "Always On") if has_it else None,
        give_8=(set_value(SMARTEVSE_LIMIT, 8), option(f"{own}-Mode", "Normal")),
    )


PEBLAR = Contract(
    profile="peblar",
    integration="peblar",
    entities=(
        number("24-01_charge_current_limit", "16", 6, 16),
        switch("24-01_charge", key="charge"),
        switch("24-01_force_single_phase", "off", key="force_single_phase"),
        sensor("24-01_cp_state", "charging", key="cp_state"),
        sensor("24-01_charge_current_limit_source", "local_rest_api"),
        sensor("24-01_current_total", "45000", unit="mA"),
        sensor("24-01_current_phase_1", "15100", unit="mA"),
        sensor("24-01_current_phase_2", "15.2", unit="A"),
        sensor("24-01_current_phase_3", "15300", unit="mA"),
        sensor("24-01_power_total", "10400", unit="W"),
    ),
    reading=uses_all(charging(15.1, 15.2, 15.3)),
    give_10=(set_value("24-01_charge_current_limit", 10),),
    pause=(turn("off", "24-01_charge"),),
    use_one=turn("on", "24-01_force_single_phase"),
    use_all=turn("off", "24-01_force_single_phase"),
    # The number, noted while the switch shows off, is sent by the switch.
    give_8=(
        set_value("24-01_charge_current_limit", 8),
        turn("on", "24-01_charge"),
    ),
    # The number goes to the charger, and the switch would send the limit of before.
    give_8_unseen=(set_value("24-01_charge_current_limit", 8),),
)

NRGKICK = Contract(
    profile="nrgkick",
    integration="nrgkick",
    entities=(
        number("NRG1_current_set", "16.0", 6, 32),
        number("NRG1_phase_count", "3", 1, 3),
        switch("NRG1_charging_enabled"),
        sensor("NRG1_status", "charging", key="status"),
        sensor("NRG1_charging_current", "45.6", unit="A"),
        sensor("NRG1_l1_current", "15.1", unit="A"),
        sensor("NRG1_l2_current", "15.2", unit="A"),
        sensor("NRG1_l3_current", "15.3", unit="A"),
        sensor("NRG1_n_current", "0.2", unit="A"),
    ),
    reading=uses_all(charging(15.1, 15.2, 15.3)),
    give_10=(set_value("NRG1_current_set", 10),),
    pause=(turn("off", "NRG1_charging_enabled"),),
    use_one=set_value("NRG1_phase_count", 1),
    use_all=set_value("NRG1_phase_count", 3),
    give_8=(
        set_value("NRG1_current_set", 8),
        turn("on", "NRG1_charging_enabled"),
    ),
)

CONTRACTS = (
    PEBLAR,
    NRGKICK,
    _chargeamps(1),
    _chargeamps(2),
    Contract(
        profile="ocpp",
        integration="ocpp",
        identifier="garage",
        valid_for=60.0,
        actions=("ocpp.set_charge_rate", "ocpp.clear_profile", "ocpp.configure"),
        answers={
            "ocpp.get_configuration": {
                "ChargeProfileMaxStackLevel": "1",
                "ChargingScheduleAllowedChargingRateUnit": "Current",
                "SupportedFeatureProfiles": "Core,SmartCharging",
            }
        },
        shows=_ocpp_shows,
        entities=(
            number("number.ocpp.garage.maximum_current", "32", 0, 32),
            switch("switch.ocpp.garage.charge_control"),
            sensor("ocpp.garage.status.sensor", "Charging"),
            sensor("ocpp.garage.status_connector.sensor", "Charging"),
            sensor("ocpp.garage.transaction_id.sensor", "42"),
            sensor("ocpp.garage.current_offered.sensor", "16", unit="A"),
            sensor(
                "ocpp.garage.current_import.sensor",
                "15.2",
                unit="A",
                attributes={"L1": 15.1, "L2": 15.2, "L3": 15.3, "unit": "A"},
            ),
        ),
        reading=charging(15.1, 15.2, 15.3),
        give_10=(
            ("ocpp.get_configuration", {"devid": "garage"}),
            ("ocpp.clear_profile", {"devid": "garage"}),
            _ocpp_default(),
            _ocpp_session(10, 60),
        ),
        pause=(_ocpp_session(0, 900),),
        give_8=(_ocpp_session(8, 60),),
    ),
    Contract(
        profile="easee",
        integration="easee",
        identifier="EH123456",
        valid_for=90.0,
        actions=(
            "easee.set_circuit_dynamic_limit",
            "easee.set_circuit_offline_limit",
        ),
        shows=lambda name, data: (
            {"EH123456_output_limit": str(data["current_p1"])}
            if name == "easee.set_circuit_dynamic_limit"
            else {}
        ),
        entities=(
            sensor("EH123456_status", "charging", key="easee_status"),
            sensor("EH123456_power", "10.4", key="power", unit="kW"),
            sensor("EH123456_output_limit", "16.0", key="output_limit", unit="A"),
            sensor("EH123456_circuit_current", "0", key="circuit_current", unit="A"),
            sensor(
                "EH123456_current",
                "15.3",
                key="current",
                unit="A",
                attributes={
                    "state_inCurrentT2": 0.1,
                    "state_inCurrentT3": 15.1,
                    "state_inCurrentT4": 15.2,
                    "state_inCurrentT5": 15.3,
                },
            ),
        ),
        reading=charging(15.1, 15.2, 15.3),
        # An equal value is dropped, with its time to live: the first differs too.
        give_10=(
            _easee("offline", 6),
            _easee("dynamic", 9, time_to_live=2),
            _easee("dynamic", 10, time_to_live=2),
        ),
        pause=(_easee("dynamic", 0, time_to_live=0),),
        give_8=(_easee("dynamic", 8, time_to_live=2),),
    ),
    Contract(
        profile="zaptec",
        integration="zaptec",
        entities=(
            number("abc_charger_min_current", "6", 0, 32, key="charger_min_current"),
            number("abc_charger_max_current", "16", 0, 32, key="charger_max_current"),
            switch("abc_charger_operation_mode", key="charger_operation_mode"),
            sensor("abc_charger_operation_mode", "connected_charging"),
            sensor("abc_current_phase1", "15.1", key="current_phase1", unit="A"),
            sensor("abc_current_phase2", "15.2", key="current_phase2", unit="A"),
            sensor("abc_current_phase3", "15.3", key="current_phase3", unit="A"),
        ),
        reading=charging(15.1, 15.2, 15.3),
        give_10=(set_value("abc_charger_max_current", 10),),
        pause=(set_value("abc_charger_max_current", 0),),
        give_8=(set_value("abc_charger_max_current", 8),),
    ),
    Contract(
        profile="goecharger_api2",
        integration="goecharger_api2",
        entities=(
            number("goecharger_api2.goe_123_amp", "16", 6, 32, key="amp"),
            select("goecharger_api2.goe_123_frc", "0", key="frc"),
            select("goecharger_api2.goe_123_psm", "2", key="psm"),
            sensor("goecharger_api2.goe_123_car", "2", key="car"),
            sensor("goecharger_api2.goe_123_car_value", "Lädt", key="car_value"),
            sensor("goecharger_api2.goe_123_nrg_0", "231", key="nrg_0", unit="V"),
            sensor("goecharger_api2.goe_123_nrg_4", "15.1", key="nrg_4", unit="A"),
            sensor("goecharger_api2.goe_123_nrg_5", "15.2", key="nrg_5", unit="A"),
            sensor("goecharger_api2.goe_123_nrg_6", "15.3", key="nrg_6", unit="A"),
        ),
        reading=uses_all(charging(15.1, 15.2, 15.3)),
        give_10=(set_value("goecharger_api2.goe_123_amp", 10),),
        pause=(option("goecharger_api2.goe_123_frc", "1"),),
        use_one=option("goecharger_api2.goe_123_psm", "1"),
        use_all=option("goecharger_api2.goe_123_psm", "2"),
        give_8=(
            set_value("goecharger_api2.goe_123_amp", 8),
            option("goecharger_api2.goe_123_frc", "0"),
        ),
    ),
    Contract(
        profile="lektrico",
        integration="lektrico",
        entities=(
            number("500006_led_max_brightness", "20", 0, 100),
            number("500006_dynamic_limit", "16", 0, 32),
            switch("500006_lock", "off"),
            switch("500006_force_single_phase", "off"),
            sensor("500006_state", "charging", key="state"),
            sensor("500006_installation_current", "25", unit="A"),
            sensor("500006_current_l1", "15.1", unit="A"),
            sensor("500006_current_l2", "15.2", unit="A"),
            sensor("500006_current_l3", "15.3", unit="A"),
            sensor("500006_power", "10.4", unit="kW"),
        ),
        reading=uses_all(charging(15.1, 15.2, 15.3)),
        give_10=(set_value("500006_dynamic_limit", 10),),
        pause=(set_value("500006_dynamic_limit", 0),),
        use_one=turn("on", "500006_force_single_phase"),
        use_all=turn("off", "500006_force_single_phase"),
        give_8=(set_value("500006_dynamic_limit", 8),),
    ),
    # The single-phase model.
    Contract(
        profile="lektrico",
        integration="lektrico",
        phases=1,
        entities=(
            number("500006_dynamic_limit", "16", 0, 32),
            sensor("500006_state", "charging", key="state"),
            sensor(
                "500006_installation_current",
                "25",
                key="installation_current",
                unit="A",
            ),
            sensor("500006_current", "15.1", unit="A"),
        ),
        reading=charging(15.1),
        give_10=(set_value("500006_dynamic_limit", 10),),
        pause=(set_value("500006_dynamic_limit", 0),),
        give_8=(set_value("500006_dynamic_limit", 8),),
    ),
    Contract(
        profile="openevse",
        integration="openevse",
        phases=1,
        entities=(
            number("AABB-charge_rate", "32", 6, 32),
            select("AABB-override_state", "active"),
            switch("AABB-manual_override"),
            sensor("AABB-status", "charging", key="status"),
            sensor("AABB-charging_current", "15100", unit="mA"),
            sensor("AABB-current_capacity", "16", unit="A"),
            binary("AABB-vehicle", "on"),
        ),
        # The number goes on to show the maximum that is configured.
        shows=lambda name, data: (
            {"AABB-current_capacity": str(data["value"]), "AABB-charge_rate": "32"}
            if name == "number.set_value"
            else {}
        ),
        reading=charging(15.1),
        give_10=(set_value("AABB-charge_rate", 10),),
        pause=(option("AABB-override_state", "disabled"),),
        give_8=(
            set_value("AABB-charge_rate", 8),
            option("AABB-override_state", "active"),
        ),
    ),
    Contract(
        profile="v2c",
        integration="v2c",
        phases=1,
        entities=(
            number("e1_min_intensity", "6", 6, 32, key="min_intensity"),
            number("e1_max_intensity", "32", 6, 32, key="max_intensity"),
            number("e1_intensity", "16", 6, 32, key="intensity"),
            switch("e1_paused", "off"),
            switch("e1_locked", "off"),
            binary("e1_connected", "on"),
            binary("e1_charging", "on"),
            sensor("e1_charge_power", "3450", unit="W"),
            sensor("e1_house_power", "500", unit="W"),
        ),
        reading=charging(15.0),
        give_10=(set_value("e1_intensity", 10),),
        pause=(turn("on", "e1_paused"),),
        give_8=(set_value("e1_intensity", 8), turn("off", "e1_paused")),
    ),
    Contract(
        profile="wallbox",
        integration="wallbox",
        phases=1,
        entities=(
            number("max_charging_current-20000", "16", 6, 32),
            number("icp_max_current-20000", "40", 6, 255),
            switch("paused-20000"),
            sensor("status_description-20000", "Charging"),
            sensor("max_available_power-20000", "32", unit="A"),
            sensor("charging_power-20000", "3.45", unit="kW"),
        ),
        shows=lambda name, _: {
            "switch.turn_off": {"status_description-20000": "Paused"},
            "switch.turn_on": {"status_description-20000": "Charging"},
        }.get(name, {}),
        reading=charging(15.0),
        give_10=(set_value("max_charging_current-20000", 10),),
        pause=(turn("off", "paused-20000"),),
        give_8=(
            set_value("max_charging_current-20000", 8),
            turn("on", "paused-20000"),
        ),
    ),
    Contract(
        profile="goecharger_mqtt",
        integration="goecharger_mqtt",
        entities=(
            number("222222-number-amp-0", "16", 6, 32),
            number("222222-number-ama-0", "32", 6, 32),
            select("222222-select-frc-frc", "Neutral"),
            select("222222-select-lmo-lmo", "Default"),
            select("222222-select-psm-psm", "Auto"),
            sensor("222222-sensor-frc-frc", "Neutral"),
            sensor("222222-sensor-car-car", "Charging"),
            sensor("222222-sensor-nrg-0", "230", unit="V"),
            *(sensor(f"222222-sensor-nrg-{n}", f"15.{n}", unit="A") for n in (4, 5, 6)),
        ),
        reading=uses_all(charging(15.4, 15.5, 15.6)),
        give_10=(set_value("222222-number-amp-0", 10),),
        pause=(option("222222-select-frc-frc", "Don't charge"),),
        use_one=option("222222-select-psm-psm", "Force single phase"),
        use_all=option("222222-select-psm-psm", "Force three phases"),
        give_8=(
            set_value("222222-number-amp-0", 8),
            option("222222-select-frc-frc", "Neutral"),
        ),
    ),
    Contract(
        profile="besen",
        integration="besen",
        entities=(
            number(
                "AA:BB:CC:DD:EE:FF_charging_current",
                "16",
                6,
                32,
                key="charging_current",
            ),
            switch("AA:BB:CC:DD:EE:FF_charging", key="charging"),
            sensor("AA:BB:CC:DD:EE:FF_charging_status", "start", key="charging_status"),
            sensor("AA:BB:CC:DD:EE:FF_current_state", "charging", key="current_state"),
            sensor("AA:BB:CC:DD:EE:FF_output_state", "charging", key="output_state"),
            sensor("AA:BB:CC:DD:EE:FF_charging_power", "10400", unit="W"),
            *(
                sensor(f"AA:BB:CC:DD:EE:FF_l{n}_current", f"15.{n}", unit="A")
                for n in (1, 2, 3)
            ),
            *(
                sensor(f"AA:BB:CC:DD:EE:FF_l{n}_voltage", "230", unit="V")
                for n in (1, 2, 3)
            ),
        ),
        reading=charging(15.1, 15.2, 15.3),
        give_10=(set_value("AA:BB:CC:DD:EE:FF_charging_current", 10),),
        pause=(turn("off", "AA:BB:CC:DD:EE:FF_charging"),),
        give_8=(
            set_value("AA:BB:CC:DD:EE:FF_charging_current", 8),
            turn("on", "AA:BB:CC:DD:EE:FF_charging"),
        ),
    ),
    Contract(
        profile="technove",
        integration="technove",
        phases=1,
        entities=(
            number("AABBCCDDEEFF_max_current", "16", 8, 32, key="max_current"),
            switch("AABBCCDDEEFF_auto_charge", "off", key="auto_charge"),
            switch("AABBCCDDEEFF_session_active", key="session_active"),
            sensor("AABBCCDDEEFF_max_station_current", "32", unit="A"),
            sensor("AABBCCDDEEFF_current", "15.1", unit="A"),
            sensor("AABBCCDDEEFF_status", "plugged_charging", key="status"),
        ),
        reading=charging(15.1),
        give_10=(set_value("AABBCCDDEEFF_max_current", 10),),
        pause=(turn("off", "AABBCCDDEEFF_session_active"),),
        give_8=(
            set_value("AABBCCDDEEFF_max_current", 8),
            turn("on", "AABBCCDDEEFF_session_active"),
        ),
    ),
    Contract(
        profile="shelly",
        integration="shelly",
        model="EVE01",
        entities=(
            number("AABBCCDDEEFF-number:200-number_current_limit", "16", 6, 32),
            number("AABBCCDDEEFF-number:201-number_generic", "5", 0, 100),
            switch("AABBCCDDEEFF-boolean:200-boolean_start_charging"),
            switch("AABBCCDDEEFF-boolean:201-boolean_generic"),
            sensor("AABBCCDDEEFF-enum:200-enum_work_state", "charger_charging"),
            *(
                sensor(
                    f"AABBCCDDEEFF-object:200-object_phase_{phase}_current",
                    f"15.{n}",
                    unit="A",
                )
                for n, phase in enumerate("abc", start=1)
            ),
        ),
        reading=charging(15.1, 15.2, 15.3),
        give_10=(set_value("AABBCCDDEEFF-number:200-number_current_limit", 10),),
        pause=(turn("off", "AABBCCDDEEFF-boolean:200-boolean_start_charging"),),
        give_8=(
            set_value("AABBCCDDEEFF-number:200-number_current_limit", 8),
            turn("on", "AABBCCDDEEFF-boolean:200-boolean_start_charging"),
        ),
    ),
    _tesla("tesla_fleet", "VIN1-charge_state_user_charge_enable_request"),
    _tesla("teslemetry", "VIN1-charge_state_user_charge_enable_request"),
    _tesla("tessie", "VIN1-charge_state_charge_enable_request"),
    Contract(
        profile="keba",
        integration="keba",
        identifier=None,
        actions=("keba.set_current", "keba.enable", "keba.disable"),
        shows=lambda _, data: (
            {"keba_wallbox_42_max_current": str(data["current"])} if data else {}
        ),
        entities=(
            sensor("keba_wallbox_42_max_current", "16.0", unit="A"),
            sensor(
                "keba_wallbox_42_charging_power",
                "10.4",
                unit="kW",
                attributes={
                    "current_i1": "15.1",
                    "current_i2": "15.2",
                    "current_i3": "15.3",
                },
            ),
            binary(
                "keba_wallbox_42_plug_state", "on", attributes={"plugged_on_EV": True}
            ),
            binary(
                "keba_wallbox_42_charging_state",
                "on",
                attributes={"status": "charging"},
            ),
        ),
        reading=charging(15.1, 15.2, 15.3),
        give_10=(
            ("keba.set_current", {"current": 10}),
            # Nothing shows whether it is enabled, so the first grant enables it.
            ("keba.enable", {}),
        ),
        pause=(("keba.disable", {}),),
        give_8=(("keba.set_current", {"current": 8}), ("keba.enable", {})),
    ),
    Contract(
        profile="amina",
        integration="mqtt",
        model="Amina S EV Charger",
        entities=(
            number("0x0123_charge_limit_with_on_off_zigbee2mqtt", "unknown", 0, 32),
            number("0x0123_charge_limit_zigbee2mqtt", "16", 6, 32),
            number("0x0123_offline_current_zigbee2mqtt", "6", 6, 32),
            switch("0x0123_switch_zigbee2mqtt"),
            switch("0x0123_switch_single_phase_zigbee2mqtt", "off"),
            binary("0x0123_ev_connected_zigbee2mqtt", "on"),
            binary("0x0123_charging_zigbee2mqtt", "on"),
            sensor("0x0123_ev_status_zigbee2mqtt", "Charging"),
            sensor("0x0123_current_zigbee2mqtt", "15.1", unit="A"),
            sensor("0x0123_current_phase_b_zigbee2mqtt", "15.2", unit="A"),
            sensor("0x0123_current_phase_c_zigbee2mqtt", "15.3", unit="A"),
        ),
        reading=uses_all(charging(15.1, 15.2, 15.3)),
        give_10=(set_value("0x0123_charge_limit_zigbee2mqtt", 10),),
        pause=(turn("off", "0x0123_switch_zigbee2mqtt"),),
        use_one=turn("on", "0x0123_switch_single_phase_zigbee2mqtt"),
        use_all=turn("off", "0x0123_switch_single_phase_zigbee2mqtt"),
        # A level that it is told while it is off may be lost.
        give_8=(
            set_value("0x0123_charge_limit_zigbee2mqtt", 8),
            turn("on", "0x0123_switch_zigbee2mqtt"),
            set_value("0x0123_charge_limit_zigbee2mqtt", 8),
        ),
    ),
    _smartevse("Not present"),
    _smartevse("Always On"),
    _alfen(1),
    _alfen(2),
    # The two integrations of this name.
    _wattpilot("Wattpilot", "Wattpilot-amp"),
    _wattpilot("91000001", "91000001-amp"),
    _wattpilot("91000001", "91000001-amp_22kw"),
)
