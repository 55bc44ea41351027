"""How the integrations whose meters are known register their sensors: a line for each.

All was read in the source that stands at each line, on 2026-11-27; what is of Home
Assistant itself in version 2026.10.4, by the path in `homeassistant/components/`.
"""

from collections.abc import Mapping
import re

from .sensor_patterns import MeterPattern, Quantity, Recognised, SensorTraits, best_of


def _pattern(
    integration: str | None,
    current: str | None,
    voltage: str | None = None,
    power: str | None = None,
    power_export: str | None = None,
    *,
    translation_keys: Mapping[Quantity, str] | None = None,
    total_power: str | None = None,
    total_export: str | None = None,
    export_positive: bool = False,
) -> MeterPattern:
    unique_ids = {
        Quantity.CURRENT: current,
        Quantity.VOLTAGE: voltage,
        Quantity.POWER_EXPORT: power_export,
        Quantity.POWER: power,
    }
    return MeterPattern(
        integration=integration,
        unique_ids={quantity: p for quantity, p in unique_ids.items() if p is not None},
        translation_keys=translation_keys or {},
        total_power=total_power,
        total_export=total_export,
        export_positive=export_positive,
        is_paired=power_export is not None,
    )


KNOWN_METERS = (
    # homewizard/sensor.py
    _pattern(
        "homewizard",
        "active_current_l{1/2/3}_a",
        "active_voltage_l{1/2/3}_v",
        "active_power_l{1/2/3}_w",
        total_power="_active_power_w",
    ),
    # dsmr/sensor.py
    _pattern(
        "dsmr",
        "instantaneous_current_l{1/2/3}",
        "instantaneous_voltage_l{1/2/3}",
        "instantaneous_active_power_l{1/2/3}_positive",
        "instantaneous_active_power_l{1/2/3}_negative",
        total_power="_current_electricity_usage",
        total_export="_current_electricity_delivery",
    ),
    # dsmr_reader/definitions.py, dsmr_reader/sensor.py (the topic as a slug)
    _pattern(
        "dsmr_reader",
        "dsmr_reading_phase_power_current_l{1/2/3}",
        "dsmr_reading_phase_voltage_l{1/2/3}",
        "dsmr_reading_phase_currently_delivered_l{1/2/3}",
        "dsmr_reading_phase_currently_returned_l{1/2/3}",
        total_power="dsmr_reading_electricity_currently_delivered",
        total_export="dsmr_reading_electricity_currently_returned",
    ),
    # p1_monitor/sensor.py
    _pattern(
        "p1_monitor",
        "_phases_current_phase_l{1/2/3}",
        "_phases_voltage_phase_l{1/2/3}",
        "_phases_power_consumed_phase_l{1/2/3}",
        "_phases_power_produced_phase_l{1/2/3}",
        total_power="_smartmeter_power_consumption",
        total_export="_smartmeter_power_production",
    ),
    # youless/sensor.py
    _pattern(
        "youless",
        "_phase_{1/2/3}_current",
        "_phase_{1/2/3}_voltage",
        "_phase_{1/2/3}_power",
        total_power="_usage",
    ),
    # tibber/sensor.py
    _pattern(
        "tibber",
        "_rt_currentL{1/2/3}",
        "_rt_voltagePhase{1/2/3}",
        total_power="_rt_power",
        total_export="_rt_powerProduction",
    ),
    # marq24/ha-tibber-pulse-local const.py: OBIS codes; 36, 56 and 76.7.0 have a sign
    _pattern(
        "tibber_local",
        "0100{1f/33/47}0700ff",
        "0100{20/34/48}0700ff",
        "0100{24/38/4c}0700ff",
        total_power="0100100700ff",
    ),
    # shelly/sensor.py: a 3EM of the first generation, a Pro 3EM, and one that counts its
    # phases as three meters
    _pattern(
        "shelly",
        "emeter_{0/1/2}-current",
        "emeter_{0/1/2}-voltage",
        "emeter_{0/1/2}-power",
    ),
    _pattern(
        "shelly",
        "-em:0-{a/b/c}_current",
        "-em:0-{a/b/c}_voltage",
        "-em:0-{a/b/c}_act_power",
    ),
    _pattern(
        "shelly",
        "-em1:{0/1/2}-current_em1",
        "-em1:{0/1/2}-voltage_em1",
        "-em1:{0/1/2}-power_em1",
    ),
    # fronius/sensor.py
    _pattern(
        "fronius",
        "-current_ac_phase_{1/2/3}",
        "-voltage_ac_phase_{1/2/3}",
        "-power_real_phase_{1/2/3}",
    ),
    # solaredge_modbus/sensor.py; export is positive by
    # WillCodeForCats/solaredge-modbus-multi#69
    _pattern(
        "solaredge_modbus",
        "meter_.*_ac_current_phase_{a/b/c}",
        "meter_.*_ac_voltage_phase_{a/b/c}n",
        "meter_.*_ac_power_phase_{a/b/c}",
        export_positive=True,
    ),
    # wlcrs/huawei_solar sensor.py; import is negative by its #54
    _pattern(
        "huawei_solar",
        "_active_grid_{a/b/c}_current",
        "_grid_{a/b/c}_voltage",
        "_active_grid_{a/b/c}_power",
        total_power="_power_meter_active_power",
        export_positive=True,
    ),
    # enphase_envoy/sensor.py: its current transformers at the grid
    _pattern(
        "enphase_envoy",
        "_net_ct_current_l{1/2/3}",
        "_voltage_l{1/2/3}",
        "_net_consumption_l{1/2/3}",
        translation_keys={
            Quantity.CURRENT: "net_ct_current_phase",
            Quantity.VOLTAGE: "net_ct_voltage_phase",
            Quantity.POWER: "net_consumption_phase",
        },
    ),
    # victron_gx/strings.json
    _pattern(
        "victron_gx",
        "L{1/2/3}",
        "L{1/2/3}",
        "L{1/2/3}",
        translation_keys={
            Quantity.CURRENT: "grid_current_phase",
            Quantity.VOLTAGE: "grid_voltage_phase",
            Quantity.POWER: "grid_power_phase",
        },
    ),
    # Perific's own integration, known from its registered sensors
    _pattern("perific", "_current_l{1/2/3}", "_voltage_l{1/2/3}"),
    # toreamun/amshan-homeassistant custom_components/amshan/sensor.py
    _pattern(
        "amshan",
        "current_l{1/2/3}",
        "voltage_l{1/2/3}",
        "active_power_import_l{1/2/3}",
        "active_power_export_l{1/2/3}",
        total_power="active_power_import",
        total_export="active_power_export",
    ),
)
"""Of those of an integration the one that finds most is taken."""


def _of_phase(name: str) -> str:
    """Return a pattern for a name beside its phase, as is usual: current_l1, L1 current."""
    number = "(?:phase|l)?[ _-]?{1/2/3}|phase[ _-]?{a/b/c}"
    alone = "(?<![0-9a-z]){a/b/c}"  # and not the end of a serial number
    first = rf"l{{1/2/3}}|phase[ _-]?(?:{{1/2/3}}|{{a/b/c}})|{alone}"
    return rf"(?:(?:{name})[ _-]?(?:{number})n?(?:_[avw])?|(?:{first})[ _-](?:{name}))"


_ACTIVE = "(?:(?:momentary|instantaneous|active|real)[ _-])"
_POWER = rf"(?<!reactive[ _-])(?<!apparent[ _-]){_ACTIVE}{{0,2}}power"
_IMPORT = "(?:import(?:ed)?|consum(?:ed|ption)|delivered|plus|positive)"
_EXPORT = "(?:export(?:ed)?|produc(?:ed|tion)|return(?:ed)?|minus|negative)"


def _directed(direction: str, short: str) -> str:
    """Return a pattern for the names of power that flows in one direction."""
    return (
        rf"{_POWER}[ _-]{direction}|{direction}[ _-]{_POWER}"
        rf"|{_ACTIVE}{{1,2}}{direction}|{short}"
    )


# SlimmeLezer and other P1 readers by ESPHome ("Power Consumed Phase 1", zuidwijk/
# slimmelezer Pro/config-wifi.yaml; "Momentary Active Import Phase 1", psvanstrom/
# esphome-p1reader; its names are the unique ids' end, aioesphomeapi 46.12 model.py),
# P1IB ("p1ib_active_power_plus_l1", what it publishes by MQTT), AMS readers by MQTT
# ("I1", "U1", "P1", "PO1", UtilitechAS/amsreader-firmware HomeAssistantStatic.h).
_TOTAL_END = "(?:_q[1-4]_q[1-4])?"
_IMPORTED, _EXPORTED = _directed(_IMPORT, "p"), _directed(_EXPORT, "po")
USUAL_NAMES = (
    _pattern(
        None,
        _of_phase("current|amps?|i"),
        _of_phase("voltage|volts?|u|v"),
        _of_phase(_IMPORTED),
        _of_phase(_EXPORTED),
        total_power=f"(?:{_IMPORTED}){_TOTAL_END}",
        total_export=f"(?:{_EXPORTED}){_TOTAL_END}",
    ),
    _pattern(
        None,
        _of_phase("current|amps?|i"),
        _of_phase("voltage|volts?|u|v"),
        _of_phase(f"{_POWER}|watts?|p"),
    ),
)
"""Of integrations that have no line above: what else a known one measures is no
property."""


OF_A_PART = re.compile(
    r"(?<![a-z])(?:solar|pv|photovoltaic|inverter|battery|generator|charger|evse|wallbox"
    r"|car|heat[ _-]?pump|boiler)(?![a-z])",
    re.IGNORECASE,
)
"""What is named so is a part of a property: its figures are nobody's at the main fuse."""


def recognise(
    integration: str, sensors: Mapping[str, SensorTraits]
) -> Recognised | None:
    """Return which of the sensors, by id, play which role.

    None where they do not measure the phases of a property.
    """
    own = [pattern for pattern in KNOWN_METERS if pattern.integration == integration]
    if own:
        return best_of(pattern.recognise(sensors) for pattern in own)
    whole = {
        id_: traits
        for id_, traits in sensors.items()
        if not OF_A_PART.search(traits.unique_id)
    }
    return best_of(pattern.recognise(whole) for pattern in USUAL_NAMES)
