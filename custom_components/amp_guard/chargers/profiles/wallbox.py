"""Wallbox, Home Assistant core: the vendor's cloud, polled each 90 s."""

from ...model import ChargerStatus
from ..profile import Pause, Profile, Role, entity

WALLBOX = Profile(
    name="wallbox",
    integration="wallbox",
    entities={
        Role.LIMIT: entity("number", "max_charging_current-*"),
        Role.ENABLE: entity("switch", "paused-*"),
        Role.STATE: entity("sensor", "status_description-*"),
        Role.POWER: entity("sensor", "charging_power-*"),
    },
    statuses={
        Role.STATE: {
            "disconnected": ChargerStatus.DISCONNECTED,
            "ready": ChargerStatus.DISCONNECTED,
            "locked": ChargerStatus.DISCONNECTED,
            "locked, car connected": ChargerStatus.WAITING,
            "paused": ChargerStatus.WAITING,
            "scheduled": ChargerStatus.WAITING,
            "waiting": ChargerStatus.WAITING,
            "waiting in queue by power sharing": ChargerStatus.WAITING,
            "waiting in queue by power boost": ChargerStatus.WAITING,
            "waiting in queue by eco-smart": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "discharging": ChargerStatus.CHARGING,
            "waiting for car demand": ChargerStatus.FULL,
            "waiting mid failed": ChargerStatus.FAULT,
            "waiting mid safety margin exceeded": ChargerStatus.FAULT,
            "error": ChargerStatus.FAULT,
        }
    },
    # The switch shows off in queues and schedules too; only this state is a pause.
    pause=Pause(role=Role.STATE, paused=frozenset({"Paused"})),
    command_lag=15.0,
    raise_interval=60.0,
    report_interval=90.0,
)
