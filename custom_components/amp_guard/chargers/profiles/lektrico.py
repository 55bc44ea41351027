"""Lektrico, Home Assistant core: local RPC over HTTP, polled each 10 s."""

from ...model import ChargerStatus
from ..profile import Profile, Role, entity

LEKTRICO = Profile(
    name="lektrico",
    integration="lektrico",
    entities={
        Role.LIMIT: entity("number", "*_dynamic_limit"),
        Role.STATE: entity("sensor", "*_state", key="state"),
        # The single-phase model has "<serial>_current"; "*_installation_current" is
        # something else.
        Role.CURRENT_L1: entity("sensor", "*_current_l1", "*[0-9]_current"),
        Role.CURRENT_L2: entity("sensor", "*_current_l2"),
        Role.CURRENT_L3: entity("sensor", "*_current_l3"),
        Role.POWER: entity("sensor", "*_power"),
    },
    statuses={
        Role.STATE: {
            "available": ChargerStatus.DISCONNECTED,
            "locked": ChargerStatus.DISCONNECTED,
            "connected": ChargerStatus.WAITING,
            "need_auth": ChargerStatus.WAITING,
            "paused": ChargerStatus.WAITING,
            "paused_by_scheduler": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "error": ChargerStatus.FAULT,
        }
    },
    refresh_after_command=True,
    report_interval=10.0,
)
