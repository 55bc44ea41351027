"""Besen and its brands, Home Assistant core: Bluetooth, pushed [2026.10]."""

from ...model import ChargerStatus
from ..profile import Pause, Profile, Role, entity

BESEN = Profile(
    name="besen",
    integration="besen",
    entities={
        Role.LIMIT: entity("number", "*_charging_current", key="charging_current"),
        Role.ENABLE: entity("switch", "*_charging", key="charging"),
        Role.STATE: entity("sensor", "*_current_state", key="current_state"),
        Role.CURRENT_L1: entity("sensor", "*_l1_current"),
        Role.CURRENT_L2: entity("sensor", "*_l2_current"),
        Role.CURRENT_L3: entity("sensor", "*_l3_current"),
        Role.POWER: entity("sensor", "*_charging_power"),
    },
    statuses={
        Role.STATE: {
            "not_connected": ChargerStatus.DISCONNECTED,
            "waiting_for_swipe": ChargerStatus.WAITING,
            "waiting_for_button": ChargerStatus.WAITING,
            "ready_to_charge": ChargerStatus.WAITING,
            "charging_reservation": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "completed": ChargerStatus.FULL,
            "completed_full_charge": ChargerStatus.FULL,
            "fault": ChargerStatus.FAULT,
            "charging_fault_1": ChargerStatus.FAULT,
            "charging_fault_2": ChargerStatus.FAULT,
        }
    },
    # The switch is on only while it charges.
    pause=Pause(only_own=True),
    command_lag=10.0,
    report_interval=30.0,
)
