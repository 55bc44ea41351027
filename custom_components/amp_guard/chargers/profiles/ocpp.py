"""Any OCPP 1.6 charge point, HACS `ocpp`: Home Assistant is its central system.

Each connector of a charge point with several is a device of its own.
"""

from collections.abc import Mapping

from ...model import ChargerStatus
from ..profile import (
    Action,
    Argument,
    Expiry,
    FailSafe,
    Placeholder,
    Profile,
    Role,
    entity,
)


def _set_charging_profile(
    purpose: Mapping[str, Argument], schedule: Mapping[str, Argument]
) -> Action:
    return Action(
        name="ocpp.set_charge_rate",
        data={
            "devid": Placeholder.IDENTIFIER,
            "conn_id": Placeholder.CONNECTOR,
            "custom_profile": {
                **purpose,
                "chargingSchedule": {
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": (
                        {"startPeriod": 0, "limit": Placeholder.CURRENT},
                    ),
                    **schedule,
                },
            },
        },
    )


_TX_DEFAULT_PROFILE: Mapping[str, Argument] = {
    "chargingProfileId": 5100,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
}
_TX_PROFILE: Mapping[str, Argument] = {
    "chargingProfileId": 5200,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Absolute",
    "transactionId": Placeholder.TRANSACTION,
}

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
    # Its number writes the same limit into three profiles that never expire, so the
    # profiles are written one by one.
    set_limit=_set_charging_profile(_TX_PROFILE, {}),
    expiry=Expiry(
        set_limit=_set_charging_profile(
            _TX_PROFILE,
            # Without a start, a duration counts from when the car began to charge.
            {"startSchedule": Placeholder.NOW, "duration": Placeholder.VALID_SECONDS},
        ),
        prepare=_set_charging_profile(_TX_DEFAULT_PROFILE, {}),
    ),
    fail_safe=FailSafe.EXPIRING_LIMIT,
    identifier=r"(?P<identifier>.+?)(?:-conn(?P<connector>\d+))?",
    command_lag=10.0,
    raise_interval=20.0,
    report_interval=60.0,
)
