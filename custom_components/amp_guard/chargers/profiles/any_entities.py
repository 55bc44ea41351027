"""Any charger: the user picks a number, a switch and sensors."""

from ...model import ChargerStatus
from ..profile import ANY_ENTITIES, BY_SWITCH, Profile, Role

ANY = Profile(
    name=ANY_ENTITIES,
    integration="",
    entities={},
    # What integrations commonly call it; the user's own states go before these.
    statuses={
        Role.STATE: {
            "disconnected": ChargerStatus.DISCONNECTED,
            "not_connected": ChargerStatus.DISCONNECTED,
            "available": ChargerStatus.DISCONNECTED,
            "idle": ChargerStatus.DISCONNECTED,
            "connected": ChargerStatus.WAITING,
            "preparing": ChargerStatus.WAITING,
            "waiting": ChargerStatus.WAITING,
            "ready": ChargerStatus.WAITING,
            "suspendedevse": ChargerStatus.WAITING,
            "suspendedev": ChargerStatus.WAITING,
            "paused": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "finishing": ChargerStatus.FULL,
            "finished": ChargerStatus.FULL,
            "complete": ChargerStatus.FULL,
            "completed": ChargerStatus.FULL,
            "error": ChargerStatus.FAULT,
            "fault": ChargerStatus.FAULT,
            "faulted": ChargerStatus.FAULT,
        },
        Role.CHARGING: {"on": ChargerStatus.CHARGING},
        Role.CONNECTED: {
            "on": ChargerStatus.WAITING,
            "off": ChargerStatus.DISCONNECTED,
        },
    },
    pause=BY_SWITCH,
    resolution=1.0,
    raise_interval=20.0,
    report_interval=60.0,
)
