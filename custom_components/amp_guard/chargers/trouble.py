"""Why a charger cannot be balanced as it should, for the person who can mend it."""

from dataclasses import dataclass
from enum import StrEnum

from ..model import ChargerReading, ChargerStatus
from .entities import ChargerEntities
from .profile import Profile, Role


class TroubleKind(StrEnum):
    """What is wrong; each is a repair issue."""

    NOT_FOUND = "not_found"
    """An entity that is needed is gone, or its device is."""
    DISABLED = "disabled"
    """An entity that is needed is disabled."""
    UNAVAILABLE = "unavailable"
    """Its integration does not reach it."""
    UNKNOWN = "unknown"
    """Its state is none that its profile knows."""
    REFUSING = "refusing"
    """It, or its integration, does not take what it is commanded."""
    NOT_FOLLOWING = "not_following"
    """It draws more than it was allocated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """What is wrong with a charger; `entity_id` shows it, with `state`."""

    kind: TroubleKind
    entity_id: str = ""
    state: str = ""


def find_trouble(
    profile: Profile, entities: ChargerEntities, reading: ChargerReading
) -> Trouble | None:
    """Return what is wrong with a charger of that reading, None where nothing is."""
    if any(role not in entities for role in entities.needed):
        return Trouble(kind=TroubleKind.NOT_FOUND)
    for role in entities.needed:
        if entities.is_disabled(role):
            return _at(entities, role, TroubleKind.DISABLED)
    for role in entities.needed:
        if entities.state(role) is None:
            return _at(entities, role, TroubleKind.UNAVAILABLE)
    state_role = entities.needed[-1]
    if reading.status is ChargerStatus.LOST:  # its integration's own word for it
        return _at(entities, state_role, TroubleKind.UNAVAILABLE)
    if reading.status is ChargerStatus.UNKNOWN:
        return _at(entities, state_role, TroubleKind.UNKNOWN)
    return None


def _at(entities: ChargerEntities, role: Role, kind: TroubleKind) -> Trouble:
    return Trouble(
        kind=kind,
        entity_id=entities.entity_id(role) or "",
        state=entities.value(role) or "",
    )
