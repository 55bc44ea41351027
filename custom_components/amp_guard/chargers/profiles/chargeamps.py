"""Charge Amps Halo, Aura, Dawn and Luna, HACS: the vendor's cloud, each 30 s.

A device has its connectors as entities; each is a charger. Connector 2 of a Halo is
its Schuko outlet, which counts where its owner has switched the Socket on. Its switch
is left to its owner: on after off ends a schedule, and what is off was not paused by
us. A limit of 0 A pauses [hass-chargeamps 2.3.0, May 2026].
"""

from ...model import ChargerStatus
from ..profile import KnownModel, Profile, Role, entity

CHARGEAMPS = Profile(
    name="chargeamps",
    integration="chargeamps",
    entities={
        Role.LIMIT: entity("number", "chargeamps_*_{connector}_max_current"),
        Role.STATE: entity("sensor", "chargeamps_*_{connector}_status"),
        Role.CURRENT_L1: entity("sensor", "chargeamps_*_{connector}_l1_current"),
        Role.CURRENT_L2: entity("sensor", "chargeamps_*_{connector}_l2_current"),
        Role.CURRENT_L3: entity("sensor", "chargeamps_*_{connector}_l3_current"),
        Role.SOCKET_CURRENT: entity("sensor", "chargeamps_*_2_l1_current"),
    },
    statuses={
        Role.STATE: {
            "available": ChargerStatus.DISCONNECTED,
            "reserved": ChargerStatus.DISCONNECTED,
            "preparing": ChargerStatus.WAITING,
            "connected": ChargerStatus.WAITING,
            "suspendedevse": ChargerStatus.WAITING,
            "suspendedev": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "finishing": ChargerStatus.FULL,
            "faulted": ChargerStatus.FAULT,
            "error": ChargerStatus.FAULT,
        }
    },
    known_models=(KnownModel(model="*halo*", max_current=16.0, outlet=2),),
    command_lag=15.0,
    raise_interval=30.0,
    report_interval=30.0,
    # A refresh of a Halo and an Aura is 11 requests, and keys have been blocked for many.
    ask_interval=60.0,
    # What the cloud does not know reads 0.0 A, an unknown maximum 6.0 A.
    zero_is_unknown=True,
    unknown_limit=6.0,
)
