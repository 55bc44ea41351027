"""Fronius Wattpilot, HACS `wattpilot`: local WebSocket, pushed.

Two integrations have this domain, with the same entities but for what their unique ids
begin with [mk-maddin/wattpilot-HA 0.3.7, ruaan-deysel/ha-wattpilot 2026.6.2]. Its pause
is a button, and the reason that it gives for not charging changes during one each minute
[mk-maddin/wattpilot-HA#129]: nothing shows whether it is paused, so it is not set to one phase either, though both
have a select for that. What is refused is only logged.
"""

from ...model import ChargerStatus
from ..profile import Action, EntityMatch, Pause, Profile, Role, entity


def _phase(attribute: str) -> EntityMatch:
    return entity("sensor", "*-nrg", attributes=(attribute,), unit="A")


WATTPILOT = Profile(
    name="wattpilot",
    integration="wattpilot",
    entities={
        Role.LIMIT: entity("number", "*-amp", "*-amp_22kw"),
        Role.STOP: entity("button", "*-frc1"),
        Role.RESUME: entity("button", "*-frc0"),
        Role.STATE: entity("sensor", "*-car"),
        Role.CURRENT_L1: _phase("L1_Ampere"),
        Role.CURRENT_L2: _phase("L2_Ampere"),
        Role.CURRENT_L3: _phase("L3_Ampere"),
    },
    statuses={
        Role.STATE: {
            "idle": ChargerStatus.DISCONNECTED,
            "charging": ChargerStatus.CHARGING,
            "wait car": ChargerStatus.WAITING,
            "complete": ChargerStatus.FULL,
            "error": ChargerStatus.FAULT,
        }
    },
    # Its owner may have stopped it, or a schedule: only our own pause is ended.
    pause=Pause(
        stop=Action(name="press", role=Role.STOP),
        resume=Action(name="press", role=Role.RESUME),
        role=None,
        only_own=True,
    ),
    raise_interval=20.0,
    report_interval=60.0,
    settles=20.0,
)
