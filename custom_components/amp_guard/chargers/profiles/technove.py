"""TechnoVE, Home Assistant core: local HTTP, polled each 5 s [2026.10].

One phase; 8 A is the least. Where stations share their current, or charge by
themselves (*auto-charge*), it refuses.
"""

from ...model import ChargerStatus
from ..profile import Pause, Profile, Role, entity

TECHNOVE = Profile(
    name="technove",
    integration="technove",
    entities={
        Role.LIMIT: entity("number", "*_max_current", key="max_current"),
        Role.ENABLE: entity("switch", "*_session_active", key="session_active"),
        Role.STATE: entity("sensor", "*_status", key="status"),
        Role.CURRENT_L1: entity("sensor", "*[0-9a-fA-F]_current"),
    },
    statuses={
        Role.STATE: {
            "unplugged": ChargerStatus.DISCONNECTED,
            "plugged_waiting": ChargerStatus.WAITING,
            "out_of_activation_period": ChargerStatus.WAITING,
            "high_tariff_period": ChargerStatus.WAITING,
            "plugged_charging": ChargerStatus.CHARGING,
            "ventilation_required": ChargerStatus.FAULT,
            "pilot_fault": ChargerStatus.FAULT,
            "evse_fault": ChargerStatus.FAULT,
            "ground_fault": ChargerStatus.FAULT,
        }
    },
    # The switch is on only while a session is active.
    pause=Pause(only_own=True),
    min_current=8.0,
    max_current=48.0,
    report_interval=5.0,
)
