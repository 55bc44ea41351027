"""V2C Trydan, Home Assistant core: local HTTP, polled each 5 s."""

from ...model import ChargerStatus
from ..profile import TURN_OFF, TURN_ON, Pause, Profile, Role, entity

V2C = Profile(
    name="v2c",
    integration="v2c",
    entities={
        Role.LIMIT: entity("number", "*_intensity", key="intensity"),
        Role.ENABLE: entity("switch", "*_paused"),
        Role.CHARGING: entity("binary_sensor", "*_charging"),
        Role.CONNECTED: entity("binary_sensor", "*_connected"),
        Role.POWER: entity("sensor", "*_charge_power"),
    },
    statuses={
        Role.CHARGING: {"on": ChargerStatus.CHARGING},
        Role.CONNECTED: {
            "on": ChargerStatus.WAITING,
            "off": ChargerStatus.DISCONNECTED,
        },
    },
    pause=Pause(stop=TURN_ON, resume=TURN_OFF, paused=frozenset({"on"})),
    report_interval=5.0,
)
