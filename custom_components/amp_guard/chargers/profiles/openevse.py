"""OpenEVSE, Home Assistant core: local HTTP and WebSocket, pushed."""

from ...model import ChargerStatus
from ..profile import Action, Pause, Profile, Role, entity

OPENEVSE = Profile(
    name="openevse",
    integration="openevse",
    entities={
        Role.LIMIT: entity("number", "*-charge_rate"),
        # The number shows the configured maximum, not the override that it writes.
        Role.LIMIT_IN_FORCE: entity("sensor", "*-current_capacity"),
        Role.ENABLE: entity("select", "*-override_state"),
        Role.STATE: entity("sensor", "*-status", key="status"),
        Role.CONNECTED: entity("binary_sensor", "*-vehicle"),
        Role.CURRENT_L1: entity("sensor", "*-charging_current"),
    },
    statuses={
        # Asleep or disabled it does not say whether a car is there.
        Role.STATE: {
            "not_connected": ChargerStatus.DISCONNECTED,
            "connected": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "vent_required": ChargerStatus.FAULT,
            "diode_check_failed": ChargerStatus.FAULT,
            "gfci_fault": ChargerStatus.FAULT,
            "gfci_self_test_failure": ChargerStatus.FAULT,
            "no_ground": ChargerStatus.FAULT,
            "stuck_relay": ChargerStatus.FAULT,
            "over_temperature": ChargerStatus.FAULT,
        },
        Role.CONNECTED: {
            "on": ChargerStatus.WAITING,
            "off": ChargerStatus.DISCONNECTED,
        },
    },
    # "auto" would clear the override, and the limit that is part of it.
    pause=Pause(
        stop=Action(
            name="select_option", role=Role.ENABLE, data={"option": "disabled"}
        ),
        resume=Action(
            name="select_option", role=Role.ENABLE, data={"option": "active"}
        ),
        paused=frozenset({"disabled"}),
    ),
    refresh_after_command=True,
    report_interval=60.0,
)
