"""NRGkick Gen2, Home Assistant core: local JSON API, polled each 30 s."""

from ...model import ChargerStatus
from ..profile import BY_SWITCH, Profile, Role, entity

NRGKICK = Profile(
    name="nrgkick",
    integration="nrgkick",
    entities={
        Role.LIMIT: entity("number", "*_current_set"),
        Role.ENABLE: entity("switch", "*_charging_enabled"),
        Role.STATE: entity("sensor", "*_status", key="status"),
        Role.CURRENT_L1: entity("sensor", "*_l1_current"),
        Role.CURRENT_L2: entity("sensor", "*_l2_current"),
        Role.CURRENT_L3: entity("sensor", "*_l3_current"),
        Role.POWER: entity("sensor", "*_total_active_power"),
    },
    statuses={
        Role.STATE: {
            "standby": ChargerStatus.DISCONNECTED,
            "connected": ChargerStatus.WAITING,
            "wakeup": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "error": ChargerStatus.FAULT,
        }
    },
    pause=BY_SWITCH,
    refresh_after_command=True,
    # Its own 30 s are long for a balancer; more often than each 10 s Home Assistant
    # does not refresh.
    refresh_interval=10.0,
    report_interval=30.0,
)
