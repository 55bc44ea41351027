"""A limit on power as it is configured, and the plan that says how much it is."""

from dataclasses import dataclass

from ..const import SUBENTRY_CHARGER, AmpGuardConfigEntry
from ..model import PowerLimit
from ..plans import Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLimit:
    """A limit on power, and the plan that says how much it is; both new.

    `subentry` is whose plan it is, by its id. `entities` are what the plan asks for at each
    decision, each a registry id or an entity id; a change of those that are `heard` calls
    for one. Where the plan fails it limits nothing, or goes on limiting as it did last if
    that `stays`.
    """

    subentry: str
    limit: PowerLimit
    plan: Plan
    stays: bool = False
    entities: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()


def charger_ids(entry: AmpGuardConfigEntry) -> tuple[str, ...]:
    """Return all chargers of a supply."""
    chargers = entry.get_subentries_of_type(SUBENTRY_CHARGER)
    return tuple(charger.subentry_id for charger in chargers)
