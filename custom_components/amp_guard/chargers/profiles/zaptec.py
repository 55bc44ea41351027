"""Zaptec, HACS `zaptec`: the vendor's cloud, polled each 60 s while charging."""

from ...model import ChargerStatus
from ..profile import Profile, Role, entity

ZAPTEC = Profile(
    name="zaptec",
    integration="zaptec",
    entities={
        Role.LIMIT: entity("number", "*_charger_max_current"),
        Role.STATE: entity("sensor", "*_charger_operation_mode"),
        Role.CURRENT_L1: entity("sensor", "*_current_phase1", key="current_phase1"),
        Role.CURRENT_L2: entity("sensor", "*_current_phase2", key="current_phase2"),
        Role.CURRENT_L3: entity("sensor", "*_current_phase3", key="current_phase3"),
    },
    statuses={
        Role.STATE: {
            "disconnected": ChargerStatus.DISCONNECTED,
            "connected_requesting": ChargerStatus.WAITING,
            "connected_charging": ChargerStatus.CHARGING,
            "connected_finished": ChargerStatus.FULL,
        }
    },
    command_lag=15.0,
    # Zaptec asks for 15 min between changes; a cut does not wait.
    raise_interval=900.0,
    report_interval=60.0,
)
