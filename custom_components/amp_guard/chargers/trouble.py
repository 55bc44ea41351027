"""Why a charger cannot be balanced as it should, for the person who can mend it."""

from dataclasses import dataclass
from enum import StrEnum

from ..model import ChargerReading, ChargerStatus, Commanded
from .entities import ChargerEntities
from .profile import Profile, Role

OVERRULES = 0.5
"""A above what it was told that are no matter of rounding."""


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
    OVERRULED = "overruled"
    """It shows a higher limit than it was told: something else sets it."""
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


def refusing(entities: ChargerEntities, error: Exception) -> Trouble:
    """Return that it does not take its commands, in its integration's own words."""
    role = entities.needed[-1]
    placeholders = getattr(error, "translation_placeholders", None) or {}
    return Trouble(
        kind=TroubleKind.REFUSING,
        entity_id=entities.entity_id(role) or "",
        state=placeholders.get("error") or str(error),
    )


def find_overruling(
    entities: ChargerEntities, reading: ChargerReading, commanded: Commanded
) -> Trouble | None:
    """Return that something else is in force above what it was told, if it is."""
    limit, told = reading.limit, commanded.current
    if limit is None or told is None or limit <= told + OVERRULES:
        return None
    role = Role.LIMIT_IN_FORCE if Role.LIMIT_IN_FORCE in entities else Role.LIMIT
    return _at(entities, role, TroubleKind.OVERRULED)


def _at(entities: ChargerEntities, role: Role, kind: TroubleKind) -> Trouble:
    return Trouble(
        kind=kind,
        entity_id=entities.entity_id(role) or "",
        state=entities.value(role) or "",
    )
