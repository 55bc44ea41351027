"""Easee, HACS `easee`: the vendor's cloud, pushed.

The limit is the circuit's: unlike the charger's own dynamic limit it outlives a
plugging-in, and when its time is over the circuit falls back to its offline limit.
Chargers that share a circuit are told each its own limit, and the circuit all of them
together. What is equal to what is stored is dropped on its way, with its time to live
[easee_hass 0.9.74].
"""

from ...model import ChargerStatus
from ..profile import (
    Action,
    CircuitActions,
    FailSafe,
    Placeholder,
    Profile,
    Role,
    entity,
)

_CIRCUIT = {
    "device_id": Placeholder.DEVICE_ID,
    "current_p1": Placeholder.CURRENT,
    "current_p2": Placeholder.CURRENT,
    "current_p3": Placeholder.CURRENT,
}

EASEE = Profile(
    name="easee",
    integration="easee",
    entities={
        Role.STATE: entity("sensor", "*_status", key="easee_status"),
        Role.LIMIT_IN_FORCE: entity("sensor", "*_output_limit", key="output_limit"),
        Role.CIRCUIT: entity(
            "sensor", "*_status", key="easee_status", attributes=("circuit_id",)
        ),
        # T2 is the neutral in a TN net.
        Role.CURRENT_L1: entity(
            "sensor",
            "*_current",
            key="current",
            attributes=("state_inCurrentT3",),
            unit="A",
        ),
        Role.CURRENT_L2: entity(
            "sensor",
            "*_current",
            key="current",
            attributes=("state_inCurrentT4",),
            unit="A",
        ),
        Role.CURRENT_L3: entity(
            "sensor",
            "*_current",
            key="current",
            attributes=("state_inCurrentT5",),
            unit="A",
        ),
    },
    statuses={
        Role.STATE: {
            "disconnected": ChargerStatus.DISCONNECTED,
            "awaiting_start": ChargerStatus.WAITING,
            "ready_to_charge": ChargerStatus.WAITING,
            "awaiting_authorization": ChargerStatus.WAITING,
            "awaiting_load_balancing": ChargerStatus.WAITING,
            "awaiting_smart_start": ChargerStatus.WAITING,
            "awaiting_scheduled_start": ChargerStatus.WAITING,
            "authenticating": ChargerStatus.WAITING,
            "paused_due_to_equalizer": ChargerStatus.WAITING,
            "start_charging": ChargerStatus.WAITING,
            "stop_charging": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "completed": ChargerStatus.FULL,
            "error": ChargerStatus.FAULT,
            "erratic_ev": ChargerStatus.FAULT,
            "error_temperature_too_high": ChargerStatus.FAULT,
            "error_dead_powerboard": ChargerStatus.FAULT,
            "error_overcurrent": ChargerStatus.FAULT,
            "error_pen_fault": ChargerStatus.FAULT,
            # Its entities stay available when the charger is not.
            "offline": ChargerStatus.LOST,
        }
    },
    circuit=CircuitActions(
        set_limit=Action(
            name="easee.set_circuit_dynamic_limit",
            data={**_CIRCUIT, "time_to_live": Placeholder.VALID_MINUTES},
        ),
        set_offline_limit=Action(name="easee.set_circuit_offline_limit", data=_CIRCUIT),
        set_own_limit=Action(
            name="easee.set_charger_dynamic_limit",
            data={
                "device_id": Placeholder.DEVICE_ID,
                "current": Placeholder.CURRENT,
                "time_to_live": Placeholder.VALID_MINUTES,
            },
        ),
    ),
    fail_safe=FailSafe.EXPIRING_LIMIT,
    raise_interval=15.0,
    # Pushed on change only, and a steady current does not change.
    report_interval=300.0,
    settles=60.0,
)
