"""Tesla cars, Home Assistant core: the vendor's cloud, by three integrations.

The Tesla Wall Connector itself cannot be set; the car can. It counts where it is: away
from home it is left alone. Its switch is on only while it charges, so one that is off
while it waits for its own schedule is no pause of ours.
"""

from dataclasses import replace

from ...model import ChargerStatus
from ..profile import Pause, Profile, Role, entity

TESLA_FLEET = Profile(
    name="tesla_fleet",
    integration="tesla_fleet",
    entities={
        Role.LIMIT: entity("number", "*-charge_state_charge_current_request"),
        Role.ENABLE: entity(
            "switch",
            "*-charge_state_user_charge_enable_request",
            "*-charge_state_charge_enable_request",
        ),
        Role.LOCATION: entity("device_tracker", "*-location"),
        Role.STATE: entity("sensor", "*-charge_state_charging_state"),
        # The same on each phase that the car uses; L1 is one of them.
        Role.CURRENT_L1: entity("sensor", "*-charge_state_charger_actual_current"),
    },
    statuses={
        Role.STATE: {
            "disconnected": ChargerStatus.DISCONNECTED,
            "no_power": ChargerStatus.WAITING,
            "starting": ChargerStatus.WAITING,
            "stopped": ChargerStatus.WAITING,
            "charging": ChargerStatus.CHARGING,
            "complete": ChargerStatus.FULL,
        }
    },
    pause=Pause(only_own=True),
    command_lag=15.0,
    raise_interval=60.0,
    report_interval=600.0,
)
TESLEMETRY = replace(TESLA_FLEET, name="teslemetry", integration="teslemetry")
TESSIE = replace(TESLA_FLEET, name="tessie", integration="tessie")
