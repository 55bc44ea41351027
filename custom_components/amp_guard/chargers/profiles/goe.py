"""go-e, HACS `goecharger_api2`: local HTTP or WebSocket."""

from ...model import ChargerStatus
from ..profile import Action, Pause, Profile, Role, entity, phases_by_select

GOE = Profile(
    name="goecharger_api2",
    integration="goecharger_api2",
    entities={
        Role.LIMIT: entity("number", "goecharger_api2.*_amp", key="amp"),
        Role.ENABLE: entity("select", "goecharger_api2.*_frc", key="frc"),
        # The code: "car_value" is in the language that Home Assistant is set to.
        Role.STATE: entity("sensor", "goecharger_api2.*_car", key="car"),
        # Of what it was told, not of what it does. In 0 it chooses by its own surplus.
        Role.PHASES: entity("select", "goecharger_api2.*_psm", key="psm"),
        Role.CURRENT_L1: entity("sensor", "goecharger_api2.*_nrg_4", key="nrg_4"),
        Role.CURRENT_L2: entity("sensor", "goecharger_api2.*_nrg_5", key="nrg_5"),
        Role.CURRENT_L3: entity("sensor", "goecharger_api2.*_nrg_6", key="nrg_6"),
    },
    statuses={
        Role.STATE: {
            "1": ChargerStatus.DISCONNECTED,
            "2": ChargerStatus.CHARGING,
            "3": ChargerStatus.WAITING,
            "4": ChargerStatus.FULL,
            "5": ChargerStatus.FAULT,
        }
    },
    pause=Pause(
        stop=Action(name="select_option", role=Role.ENABLE, data={"option": "1"}),
        resume=Action(name="select_option", role=Role.ENABLE, data={"option": "0"}),
        paused=frozenset({"1"}),
    ),
    phases=phases_by_select("1", "2", "0"),
    raise_interval=20.0,
    refresh_after_command=True,
    report_interval=60.0,
)
