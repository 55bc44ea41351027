"""KEBA KeContact, Home Assistant core: local UDP, set up in YAML, polled each 5 s."""

from ...model import ChargerStatus
from ..profile import Action, FailSafe, Pause, Placeholder, Profile, Role, entity

KEBA = Profile(
    name="keba",
    integration="keba",
    entities={
        Role.LIMIT: entity("sensor", "keba_wallbox_*_max_current"),
        Role.STATE: entity(
            "binary_sensor",
            "keba_wallbox_*_charging_state",
            attributes=("status",),
        ),
        Role.CONNECTED: entity(
            "binary_sensor",
            "keba_wallbox_*_plug_state",
            attributes=("plugged_on_EV",),
        ),
        Role.CURRENT_L1: entity(
            "sensor",
            "keba_wallbox_*_charging_power",
            attributes=("current_i1",),
            unit="A",
        ),
        Role.CURRENT_L2: entity(
            "sensor",
            "keba_wallbox_*_charging_power",
            attributes=("current_i2",),
            unit="A",
        ),
        Role.CURRENT_L3: entity(
            "sensor",
            "keba_wallbox_*_charging_power",
            attributes=("current_i3",),
            unit="A",
        ),
    },
    statuses={
        Role.STATE: {
            "charging": ChargerStatus.CHARGING,
            "error": ChargerStatus.FAULT,
        },
        Role.CONNECTED: {
            "true": ChargerStatus.WAITING,
            "false": ChargerStatus.DISCONNECTED,
        },
    },
    set_limit=Action(name="keba.set_current", data={"current": Placeholder.CURRENT}),
    pause=Pause(
        stop=Action(name="keba.disable"),
        resume=Action(name="keba.enable"),
        role=None,
    ),
    # `failsafe` in its YAML.
    fail_safe=FailSafe.OWN_OFFLINE_LIMIT,
    report_interval=10.0,
)
