"""SmartEVSE v3 by MQTT, Home Assistant core `mqtt`: local, published each 10 s.

It announces itself. Its limit is an override that it forgets when it starts anew, and
takes in its modes Normal and Smart only; any other is dropped without a word. 0 A is no
override: its own maximum is in force. An override is not held to the rating of the cable,
so the maximum that is set for it here has to be. Off is its owner's, Pause is ours
[SmartEVSE-3.5, June 2026].
"""

from ...model import ChargerStatus
from ..profile import Action, Pause, Profile, Role, entity, phases_by_select

SMARTEVSE = Profile(
    name="smartevse",
    integration="mqtt",
    makes_only_chargers=False,
    models=frozenset({"SmartEVSE v3"}),
    entities={
        Role.LIMIT: entity("number", "*-ChargeCurrentOverride"),
        Role.ENABLE: entity("select", "*-Mode"),
        Role.STATE: entity("sensor", "*-State"),
        # Its second contactor, of L2 and L3, that not every one has. It is what is set.
        Role.PHASES: entity("select", "*-EnableC2"),
        # Where it has a meter of its own.
        Role.CURRENT_L1: entity("sensor", "*-EVCurrentL1"),
        Role.CURRENT_L2: entity("sensor", "*-EVCurrentL2"),
        Role.CURRENT_L3: entity("sensor", "*-EVCurrentL3"),
    },
    statuses={
        Role.STATE: {
            "ready to charge": ChargerStatus.DISCONNECTED,
            "connected to ev": ChargerStatus.WAITING,
            "request state b": ChargerStatus.WAITING,
            "state b ok": ChargerStatus.WAITING,
            "request state c": ChargerStatus.WAITING,
            "state c ok": ChargerStatus.WAITING,
            "activate": ChargerStatus.WAITING,
            "charging stopped": ChargerStatus.WAITING,
            "modem setup": ChargerStatus.WAITING,
            "modem request": ChargerStatus.WAITING,
            "modem done": ChargerStatus.WAITING,
            "modem denied": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            # With ventilation.
            "d": ChargerStatus.CHARGING,
            # The car has been asked to stop, and has a few seconds for it.
            "stop charging": ChargerStatus.CHARGING,
        }
    },
    pause=Pause(
        stop=Action(name="select_option", role=Role.ENABLE, data={"option": "Pause"}),
        resume=Action(
            name="select_option", role=Role.ENABLE, data={"option": "Normal"}
        ),
        paused=frozenset({"Pause"}),
    ),
    phases=phases_by_select(
        "Always Off",
        "Always On",
        "Solar Off",
        "Auto",
        never=frozenset({"Not present"}),
    ),
    unset_limit=0.0,
    raise_interval=10.0,
    report_interval=120.0,
    settles=30.0,
)
