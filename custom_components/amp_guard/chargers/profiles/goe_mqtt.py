"""go-e by MQTT, HACS `goecharger_mqtt`: local, pushed [January 2026]."""

from ...model import ChargerStatus
from ..profile import Action, Pause, Profile, Role, entity, phases_by_select

GOE_MQTT = Profile(
    name="goecharger_mqtt",
    integration="goecharger_mqtt",
    entities={
        Role.LIMIT: entity("number", "*-number-amp-*"),
        Role.ENABLE: entity("select", "*-select-frc-*"),
        Role.STATE: entity("sensor", "*-sensor-car-car"),
        Role.PHASES: entity("select", "*-select-psm-psm"),
        Role.CURRENT_L1: entity("sensor", "*-sensor-nrg-4"),
        Role.CURRENT_L2: entity("sensor", "*-sensor-nrg-5"),
        Role.CURRENT_L3: entity("sensor", "*-sensor-nrg-6"),
    },
    statuses={
        Role.STATE: {
            "idle": ChargerStatus.DISCONNECTED,
            "charging": ChargerStatus.CHARGING,
            "wait for car": ChargerStatus.WAITING,
            "complete": ChargerStatus.FULL,
            "error": ChargerStatus.FAULT,
        }
    },
    pause=Pause(
        stop=Action(
            name="select_option", role=Role.ENABLE, data={"option": "Don't charge"}
        ),
        resume=Action(
            name="select_option", role=Role.ENABLE, data={"option": "Neutral"}
        ),
        paused=frozenset({"Don't charge"}),
    ),
    phases=phases_by_select("Force single phase", "Force three phases", "Auto"),
    raise_interval=20.0,
    report_interval=60.0,
    settles=20.0,
)
