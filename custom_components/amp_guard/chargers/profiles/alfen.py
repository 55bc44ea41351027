"""Alfen Eve, HACS `alfen_wallbox`: local HTTPS, polled each 20 s.

A socket's own maximum is what is set; 0 A pauses [leeyuentuen/alfen_wallbox#143]. It is
kept in the charger's flash [#244], so it is raised seldom; a cut never waits. What it
refuses is tried again at each poll, and told to nobody; its entities stay available with
their last figures while it is off the network [2.10.6, January 2026].
"""

from ...model import ChargerStatus
from ..profile import Profile, Role, entity

ALFEN = Profile(
    name="alfen_wallbox",
    integration="alfen_wallbox",
    entities={
        Role.LIMIT: entity("number", "*_main_normal_max_current_socket_{connector}"),
        Role.STATE: entity("sensor", "*-status_socket_{connector}"),
        Role.CURRENT_L1: entity("sensor", "*-current_l1_socket_{connector}"),
        Role.CURRENT_L2: entity("sensor", "*-current_l2_socket_{connector}"),
        Role.CURRENT_L3: entity("sensor", "*-current_l3_socket_{connector}"),
    },
    statuses={
        Role.STATE: {
            "available": ChargerStatus.DISCONNECTED,
            "reserved": ChargerStatus.DISCONNECTED,
            "authorizing": ChargerStatus.WAITING,
            "authorized": ChargerStatus.WAITING,
            "cable connected": ChargerStatus.WAITING,
            "ev connected": ChargerStatus.WAITING,
            "preparing charging": ChargerStatus.WAITING,
            "wait vehicle charging": ChargerStatus.WAITING,
            "suspended over-current": ChargerStatus.WAITING,
            "suspended hf switching": ChargerStatus.WAITING,
            "suspended ev disconnected": ChargerStatus.WAITING,
            "finish wait vehicle": ChargerStatus.WAITING,
            "load balancing forced off": ChargerStatus.WAITING,
            "not charging": ChargerStatus.WAITING,
            "solar charging wait": ChargerStatus.WAITING,
            "charging non charging": ChargerStatus.WAITING,
            "charge point ready, waiting for power": ChargerStatus.WAITING,
            "charging normal": ChargerStatus.CHARGING,
            "charging simplified": ChargerStatus.CHARGING,
            "load balancing limited": ChargerStatus.CHARGING,
            "solar charging": ChargerStatus.CHARGING,
            "partial solar charging": ChargerStatus.CHARGING,
            "finish wait disconnect": ChargerStatus.FULL,
            "in operative": ChargerStatus.FAULT,
            "error": ChargerStatus.FAULT,
            "error protective earth": ChargerStatus.FAULT,
            "error power failure": ChargerStatus.FAULT,
            "error contactor fault": ChargerStatus.FAULT,
            "error charging": ChargerStatus.FAULT,
            "error error temperature": ChargerStatus.FAULT,
            "error illegal cp value": ChargerStatus.FAULT,
            "error illegal pp value": ChargerStatus.FAULT,
            "error too many restarts": ChargerStatus.FAULT,
            "error message": ChargerStatus.FAULT,
            "error message not authorised": ChargerStatus.FAULT,
            "error message cable not supported": ChargerStatus.FAULT,
            "error message s2 not opened": ChargerStatus.FAULT,
            "error message time-out": ChargerStatus.FAULT,
        }
    },
    # After each write it logs in anew and reads all its categories, one by one.
    command_lag=15.0,
    raise_interval=900.0,
    report_interval=30.0,
)
