"""Amina S by Zigbee2MQTT, Home Assistant core `mqtt`: local, pushed.

Its entities are those that Zigbee2MQTT announces under its usual base topic. Its own
offline limit covers a lost Zigbee network, not a dead Home Assistant beside a living
Zigbee2MQTT. `charge_limit_with_on_off` (new in September 2025) is left alone: at 0 A the
charger says off, and power flows on [dirkgroenen/hass-evse-load-balancer#62]. Zigbee lets
a device ignore a level that it is told while it is off, so the limit is set again once it
is on [zigbee-herdsman-converters 26.99, August 2026].
"""

from ...model import ChargerStatus
from ..profile import PHASES_BY_SWITCH, Pause, Profile, Role, entity

AMINA = Profile(
    name="amina",
    integration="mqtt",
    makes_only_chargers=False,
    models=frozenset({"Amina S EV Charger", "Amina S EV Charger (amina S)"}),
    entities={
        Role.LIMIT: entity("number", "*_charge_limit_zigbee2mqtt"),
        Role.ENABLE: entity("switch", "0x*_switch_zigbee2mqtt"),
        # It counts from the next start on, so a pause is what it needs.
        Role.PHASES: entity("switch", "*_switch_single_phase_zigbee2mqtt"),
        Role.CHARGING: entity("binary_sensor", "*_charging_zigbee2mqtt"),
        Role.CONNECTED: entity("binary_sensor", "*_ev_connected_zigbee2mqtt"),
        Role.CURRENT_L1: entity("sensor", "*_current_zigbee2mqtt"),
        Role.CURRENT_L2: entity("sensor", "*_current_phase_b_zigbee2mqtt"),
        Role.CURRENT_L3: entity("sensor", "*_current_phase_c_zigbee2mqtt"),
    },
    statuses={
        Role.CHARGING: {"on": ChargerStatus.CHARGING},
        Role.CONNECTED: {
            "on": ChargerStatus.WAITING,
            "off": ChargerStatus.DISCONNECTED,
        },
    },
    pause=Pause(loses_limit=True),
    phases=PHASES_BY_SWITCH,
    raise_interval=20.0,
    report_interval=120.0,
    settles=60.0,
)
