"""Any OCPP 1.6 charge point, HACS `ocpp`: Home Assistant is its central system.

Each connector of a charge point with several is a device of its own. Its number *Maximum
current*, *Session current limit* and its action with `limit_amps` write limits that never
expire, so charging profiles are written one by one [lbbrhzn/ocpp a37fed3, August 2026].
"""

from ...model import ChargerStatus
from ..profile import (
    Action,
    ChargingProfileActions,
    FailSafe,
    KnownModel,
    Placeholder,
    Profile,
    Role,
    entity,
)

OCPP = Profile(
    name="ocpp",
    integration="ocpp",
    entities={
        Role.STATE: entity("sensor", "ocpp.*.status_connector.sensor"),
        Role.TRANSACTION: entity("sensor", "ocpp.*.transaction_id.sensor"),
        Role.LIMIT_IN_FORCE: entity("sensor", "ocpp.*.current_offered.sensor"),
        # The sensor's state is the mean of its phases.
        Role.CURRENT_L1: entity(
            "sensor",
            "ocpp.*.current_import.sensor",
            attributes=("L1", "L1-N"),
            unit="A",
        ),
        Role.CURRENT_L2: entity(
            "sensor",
            "ocpp.*.current_import.sensor",
            attributes=("L2", "L2-N"),
            unit="A",
        ),
        Role.CURRENT_L3: entity(
            "sensor",
            "ocpp.*.current_import.sensor",
            attributes=("L3", "L3-N"),
            unit="A",
        ),
        Role.POWER: entity("sensor", "ocpp.*.power_active_import.sensor"),
        Role.VOLTAGE: entity("sensor", "ocpp.*.voltage.sensor"),
        Role.RECONNECTS: entity("sensor", "ocpp.*.reconnects.sensor"),
    },
    statuses={
        Role.STATE: {
            "available": ChargerStatus.DISCONNECTED,
            "reserved": ChargerStatus.DISCONNECTED,
            "preparing": ChargerStatus.WAITING,
            "suspendedevse": ChargerStatus.WAITING,
            "suspendedev": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "finishing": ChargerStatus.FULL,
            "faulted": ChargerStatus.FAULT,
        }
    },
    charging_profiles=ChargingProfileActions(
        set_profile=Action(
            name="ocpp.set_charge_rate",
            data={
                "devid": Placeholder.IDENTIFIER,
                "conn_id": Placeholder.CONNECTOR,
                "custom_profile": Placeholder.CHARGING_PROFILE,
            },
        ),
        clear=Action(name="ocpp.clear_profile", data={"devid": Placeholder.IDENTIFIER}),
        ask_all=Action(
            name="ocpp.get_configuration", data={"devid": Placeholder.IDENTIFIER}
        ),
        ask_one=Action(
            name="ocpp.get_configuration",
            data={
                "devid": Placeholder.IDENTIFIER,
                "ocpp_key": Placeholder.CONFIGURATION_KEY,
            },
        ),
        configure=Action(
            name="ocpp.configure",
            data={
                "devid": Placeholder.IDENTIFIER,
                "ocpp_key": Placeholder.CONFIGURATION_KEY,
                "value": Placeholder.CONFIGURATION_VALUE,
            },
        ),
        read=Action(
            name="ocpp.trigger_custom_message",
            data={
                "devid": Placeholder.IDENTIFIER,
                "requested_message": "MeterValues",
            },
        ),
    ),
    fail_safe=FailSafe.EXPIRING_LIMIT,
    # Connector 2 of a Halo is its Schuko outlet.
    known_models=(
        KnownModel(maker="*charge amps*", model="*halo*", max_current=16.0, outlet=2),
    ),
    identifier=r"(?P<identifier>.+?)(?:-conn(?P<connector>\d+))?",
    command_lag=10.0,
    raise_interval=20.0,
    refresh_after_command=True,
    report_interval=60.0,
)
