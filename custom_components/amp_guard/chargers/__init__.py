"""Driving chargers through the entities and actions that Home Assistant has."""

from .actions import ChargerCommandError
from .check import ChargerCheck, check_charger
from .config import ChargerConfig
from .discovery import FoundCharger, find_chargers
from .driver import ChargerDriver
from .learning import Learned, Learning
from .own_offline_current import OwnOfflineCurrent, set_own_offline_current
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
    "Learned",
    "Learning",
    "OwnOfflineCurrent",
    "Profile",
    "Role",
    "Trouble",
    "TroubleKind",
    "check_charger",
    "find_chargers",
    "profile_names",
    "set_own_offline_current",
]
