"""What a charger profile is made of."""

from dataclasses import dataclass
from enum import StrEnum

ANY_ENTITIES = "any_entities"
"""The profile whose entities the user picks."""


class Role(StrEnum):
    """What an entity is to the driver."""

    LIMIT = "limit"
    ENABLE = "enable"
    STATE = "state"
    CURRENT_L1 = "current_l1"
    CURRENT_L2 = "current_l2"
    CURRENT_L3 = "current_l3"


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """How one kind of charger is driven."""

    name: str
    domain: str
