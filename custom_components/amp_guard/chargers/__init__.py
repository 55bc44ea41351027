"""Driving chargers through the entities and actions that Home Assistant has."""

from .actions import ChargerCommandError
from .check import ChargerCheck, check_charger
from .config import ChargerConfig
from .discovery import FoundCharger, find_chargers
from .driver import ChargerDriver
from .learning import Learning, Memory, forget_learned
from .profile import ANY_ENTITIES, FailSafe, Profile, Role
from .profiles import PROFILES, profile_names
from .trouble import Trouble, TroubleKind

__all__ = [
    "ANY_ENTITIES",
    "PROFILES",
    "ChargerCheck",
    "ChargerCommandError",
    "ChargerConfig",
    "ChargerDriver",
    "FailSafe",
    "FoundCharger",
    "Learning",
    "Memory",
    "Profile",
    "Role",
    "Trouble",
    "TroubleKind",
    "check_charger",
    "find_chargers",
    "forget_learned",
    "profile_names",
]
