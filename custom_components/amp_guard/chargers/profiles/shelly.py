"""Shelly Top AC EV charger, Home Assistant core: local WebSocket, pushed [2026.10]."""

from ...model import ChargerStatus
from ..profile import Pause, Profile, Role, entity

SHELLY = Profile(
    name="shelly",
    integration="shelly",
    makes_only_chargers=False,
    entities={
        # These are of the charger alone, among all that Shelly makes.
        Role.LIMIT: entity("number", "*-number_current_limit"),
        Role.ENABLE: entity("switch", "*-boolean_start_charging"),
        Role.STATE: entity("sensor", "*-enum_work_state"),
        Role.CURRENT_L1: entity("sensor", "*-object_phase_a_current"),
        Role.CURRENT_L2: entity("sensor", "*-object_phase_b_current"),
        Role.CURRENT_L3: entity("sensor", "*-object_phase_c_current"),
    },
    statuses={
        Role.STATE: {
            "charger_free": ChargerStatus.DISCONNECTED,
            "charger_insert": ChargerStatus.WAITING,
            "charger_pause": ChargerStatus.WAITING,
            "charger_wait": ChargerStatus.WAITING,
            "charger_charging": ChargerStatus.CHARGING,
            "charger_end": ChargerStatus.FULL,
            "charger_fault": ChargerStatus.FAULT,
            "charger_free_fault": ChargerStatus.FAULT,
        }
    },
    # The switch is on only while it charges, or is to.
    pause=Pause(only_own=True),
    report_interval=60.0,
)
