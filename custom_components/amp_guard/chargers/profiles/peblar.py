"""Peblar, Home Assistant core: local REST API, polled each 10 s."""

from ...model import ChargerStatus
from ..profile import PHASES_BY_SWITCH, Pause, Profile, Role, entity

PEBLAR = Profile(
    name="peblar",
    integration="peblar",
    entities={
        Role.LIMIT: entity("number", "*_charge_current_limit"),
        Role.ENABLE: entity("switch", "*_charge", key="charge"),
        Role.STATE: entity("sensor", "*_cp_state"),
        # A single-phase charger has no current_phase_1, but current_total.
        Role.CURRENT_L1: entity("sensor", "*_current_phase_1", "*_current_total"),
        # Only where the installer has allowed it (PeblarSwitch, read 2026-11-27 in
        # Home Assistant's `peblar/switch.py` and peblar 2.1.0).
        Role.PHASES: entity("switch", "*_force_single_phase"),
        Role.CURRENT_L2: entity("sensor", "*_current_phase_2"),
        Role.CURRENT_L3: entity("sensor", "*_current_phase_3"),
        Role.POWER: entity("sensor", "*_power_total"),
    },
    statuses={
        Role.STATE: {
            "no_ev_connected": ChargerStatus.DISCONNECTED,
            "suspended": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "error": ChargerStatus.FAULT,
            "fault": ChargerStatus.FAULT,
            "invalid": ChargerStatus.FAULT,
        }
    },
    # The charger has no pause, only a limit of 0 A. While the switch shows off, the
    # number merely notes its value for the switch to send; while it shows on (even if
    # that is 10 s old), the number writes the charger's limit and so ends a pause, and
    # the switch would write an older one.
    pause=Pause(limit_resumes=True),
    phases=PHASES_BY_SWITCH,
    refresh_after_command=True,
    report_interval=10.0,
)
