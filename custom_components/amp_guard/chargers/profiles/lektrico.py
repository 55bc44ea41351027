"""Lektrico, Home Assistant core: local RPC over HTTP, polled each 10 s."""

from ...model import ChargerStatus
from ..profile import PHASES_BY_SWITCH, Profile, Role, entity

LEKTRICO = Profile(
    name="lektrico",
    integration="lektrico",
    entities={
        Role.LIMIT: entity("number", "*_dynamic_limit"),
        Role.STATE: entity("sensor", "*_state", key="state"),
        # The three-phase model alone (`lektrico/switch.py`, lektricowifi 0.1, read
        # 2026-11-27). It writes the limit that was read last along with the phases.
        Role.PHASES: entity("switch", "*_force_single_phase"),
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
    phases=PHASES_BY_SWITCH,
    refresh_after_command=True,
    report_interval=10.0,
)
