"""Driving chargers through the entities and actions that Home Assistant has."""

from .discovery import FoundCharger, find_chargers
from .driver import ChargerCommandError, ChargerConfig, ChargerDriver
from .profile import ANY_ENTITIES, Role
from .profiles import PROFILES, profile_names

__all__ = [
    "ANY_ENTITIES",
    "PROFILES",
    "ChargerCommandError",
    "ChargerConfig",
    "ChargerDriver",
    "FoundCharger",
    "Role",
    "find_chargers",
    "profile_names",
]
