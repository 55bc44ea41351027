"""NRGkick Gen2, Home Assistant core: local JSON API, polled each 30 s."""

from ...model import ChargerStatus
from ..profile import BY_SWITCH, Action, PhaseActions, Profile, Role, entity

NRGKICK = Profile(
    name="nrgkick",
    integration="nrgkick",
    entities={
        Role.LIMIT: entity("number", "*_current_set"),
        Role.ENABLE: entity("switch", "*_charging_enabled"),
        Role.STATE: entity("sensor", "*_status", key="status"),
        # Refused until its owner allows it in NRGkick's app. It shows what it was told at
        # once (`nrgkick/number.py`, nrgkick-api 1.7.1, read 2026-11-27).
        Role.PHASES: entity("number", "*_phase_count"),
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
    phases=PhaseActions(
        use_one=Action(name="set_value", role=Role.PHASES, data={"value": 1}),
        use_all=Action(name="set_value", role=Role.PHASES, data={"value": 3}),
    ),
    refresh_after_command=True,
    # Its own 30 s are long for a balancer; more often than each 10 s Home Assistant
    # does not refresh.
    refresh_interval=10.0,
    report_interval=30.0,
)
