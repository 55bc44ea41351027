"""What all rooms share: the keys of what is stored, and of the grid one figure."""

from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry

if TYPE_CHECKING:  # a type alone: nothing of the top is known below it
    from .coordinator import AmpGuardCoordinator

DOMAIN: Final = "amp_guard"

type AmpGuardConfigEntry = ConfigEntry[AmpGuardCoordinator]
"""An entry is one supply; its `runtime_data` is there while it is set up."""

NOMINAL_VOLTAGE: Final = 230.0
"""V between a phase and neutral; in an IT net between two lines [EN 50160]."""

SECONDS_PER_MINUTE: Final = 60.0

SUBENTRY_GROUP: Final = "group"
SUBENTRY_CHARGER: Final = "charger"
SUBENTRY_SOLAR: Final = "solar"
SUBENTRY_TARIFF: Final = "tariff"
SUBENTRY_OPERATOR: Final = "grid_operator"

# The measurement device; host and pin have Home Assistant's own keys.
CONF_SOURCE: Final = "source"
"""One of `meters.Source`."""
CONF_MODEL: Final = "model"
CONF_VARIANT: Final = "variant"
"""Bounds what it can measure: see `meters.MAX_MEASURED_CURRENT`."""
CONF_FORMER_HOST: Final = "former_host"
"""Where the meter was before it was followed to where it is, until that is confirmed."""
CONF_FIRMWARE: Final = "firmware"
CONF_MAC: Final = "mac"
CONF_MEASURED_PHASES: Final = "measured_phases"
"""In the manual's notation, see `site/phases.py`."""
CONF_MEASURED_QUANTITIES: Final = "measured_quantities"
"""A list: "current", "voltage", "power", "energy_import", "energy_export"."""

# A meter that is not on the network yet; asked for, never stored.
CONF_SERIAL_NUMBER: Final = "serial_number"
CONF_NETWORK_NAME: Final = "network_name"

# Sensors in Home Assistant as the measurement device
CONF_DEVICE: Final = "device"
CONF_SENSORS: Final = "sensors"
"""Registry ids (entity ids of what is not registered) by `sensor_patterns.Role.key`."""
CONF_EXPORT_POSITIVE: Final = "export_positive"
"""Whether a positive power is exported."""
CONF_HEARTBEAT: Final = "heartbeat"
"""An entity, stored as the sensors are, whose every report says that the meter lives."""

CONF_WHOLE_PROPERTY: Final = "whole_property"
"""Said of sensors on a charger's device, never stored: they measure the property."""

# The Open Reporter; its user name has Home Assistant's own key.
CONF_PASSWORD_HASH: Final = "password_hash"  # noqa: S105 - a key

# The supply
CONF_SUPPLY_MAX_CURRENT: Final = "supply_max_current"
CONF_FUSE_TYPE: Final = "fuse_type"
CONF_NET: Final = "net"
CONF_GENERATES: Final = "generates"
"""Whether something feeds in; False if it is not said."""
CONF_BALANCER_TYPE: Final = "load_balancer_type"
CONF_TURN: Final = "turn"
"""min"""

CONF_CONTROLLABLE_LOADS: Final = "controllable_loads"
"""What is switched off where no charger can make room: registry ids, or entity ids of
what is not registered."""
CONF_CONTACT: Final = "contact"
"""Whose installation it is and whom to ask, in the owner's own words."""

CONF_HAS_GROUPS: Final = "has_groups"
"""Asked for, never stored: whether fuses stand between the main fuse and the chargers."""

# A group; its name is the subentry's title.
CONF_DESCRIPTION: Final = "description"
CONF_PARENT: Final = "parent"
CONF_PHASES: Final = "phases"
CONF_MAX_CURRENT_ONLINE: Final = "max_current_online"
CONF_FOLLOWS: Final = "follows"
"""Whether its maximum is always that of what feeds it; False if it is not said."""
CONF_MAX_CURRENT_OFFLINE: Final = "max_current_offline"
CONF_MIN_CURRENT: Final = "min_current"
CONF_CHARGERS_INCLUDED: Final = "chargers_included_in_measurements"
CONF_ACTIVE: Final = "active"
"""Whether the group is balanced, or the charger takes part; True if it is not said."""

CONF_GROUPS: Final = "groups"
CONF_PROCEED: Final = "proceed"
"""What to do about chargers that do not work; asked for, never stored."""

# A charger
CONF_CHARGER: Final = "charger"
CONF_CHARGERS: Final = "chargers"
CONF_ANOTHER: Final = "another"
CONF_PROFILE: Final = "profile"
CONF_CONNECTOR: Final = "connector"
CONF_ENTITIES: Final = "entities"
CONF_STATES: Final = "states"
CONF_GROUP: Final = "group"
CONF_WIRING: Final = "wiring"
CONF_MAX_CURRENT: Final = "max_current"
CONF_OFFLINE_CURRENT: Final = "offline_current"
CONF_OFFLINE_PHASE: Final = "offline_phase"
CONF_PRIORITY: Final = "priority"
CONF_SOCKET: Final = "socket"
"""Whether current is kept free for the ordinary outlet beside the connector."""
CONF_SOCKET_CURRENT: Final = "socket_current"
CONF_REQUEST_DURATION: Final = "request_duration"
"""min that what a planner asks of the charger holds, unless it says so itself."""
CONF_CHARGES_UNASKED: Final = "charges_unasked"
"""Whether the charger charges while no planner asks anything of it."""
CONF_PHASE_MODE: Final = "phase_mode"
"""A `model.PhaseMode`; automatic if it is not said."""
CONF_BOOST_DURATION: Final = "boost_duration"
"""min that the charger is served before all others when its owner is in a hurry."""
CONF_SOLAR_MODE: Final = "solar_mode"
"""With what the charger charges; of solar charging: one of which nothing is said."""

# Solar charging
CONF_ENABLE_DELAY: Final = "enable_delay"
"""min for which a surplus must last until a car starts with it."""
CONF_DISABLE_DELAY: Final = "disable_delay"
"""min for which it must be too little until the car is paused."""
CONF_BATTERY: Final = "battery"
"""The sensor of a home battery's power, stored as the meter's sensors are."""
CONF_BATTERY_CHARGING_POSITIVE: Final = "battery_charging_positive"
"""Whether it is above 0 while the battery charges, and not while it gives."""
CONF_BATTERY_YIELDS: Final = "battery_yields"
"""Whether cars come before the battery."""

# A power tariff; its name is the subentry's title.
CONF_PRESET: Final = "preset"
"""One of `plans.presets.PRESETS`, or "own"."""
CONF_FIGURE: Final = "figure"
"""kW; None: the preset's."""
CONF_PRICE: Final = "price"
"""Money for a kW and month."""
CONF_BLOCKS: Final = tuple(f"block_{number}" for number in range(2, 6))
"""kW of Slovenia's blocks 2 to 5; None: as the block before."""
CONF_WINDOW: Final = "window"
"""min"""
CONF_PEAKS: Final = "peaks"
"""How many days' peaks count; 0: what may be used is a fixed figure."""
CONF_FIRST_MONTH: Final = "first_month"
CONF_LAST_MONTH: Final = "last_month"
CONF_FIRST_HOUR: Final = "first_hour"
CONF_LAST_HOUR: Final = "last_hour"
"""The hour at which those that count end."""
CONF_WORKDAY: Final = "workday"
"""What says whether today is a working day: a registry id, or the entity id of what is
not registered; None: Monday to Friday are."""
CONF_WORKDAYS: Final = "workdays"
CONF_OTHER_HOURS: Final = "other_hours"
"""% of its power that counts in the other hours."""

# What the grid's operator asks; its name is the subentry's title.
CONF_ENTITY: Final = "entity"
"""A registry id, or the entity id of what is not registered."""
CONF_ZERO: Final = "zero"
CONF_HOLDS: Final = "holds"
"""min"""
CONF_SILENCE: Final = "silence"
CONF_UNBALANCE: Final = "unbalance"
"""A; 0: none."""
