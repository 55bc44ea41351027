"""Plans as they are configured: each a subentry that limits what chargers draw together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from homeassistant.config_entries import ConfigSubentry

from ..const import AmpGuardConfigEntry
from ..model import PowerLimit
from ..plans import Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLimit:
    """A limit on power, and the plan that says how much it is; both new."""

    limit: PowerLimit
    plan: Plan


type Builder = Callable[[AmpGuardConfigEntry, ConfigSubentry], PlannedLimit]

BUILDERS: Mapping[str, Builder] = {}
"""How a kind of subentry is read."""


def planned_limits(entry: AmpGuardConfigEntry) -> tuple[PlannedLimit, ...]:
    """Return what limits power beside the fuses, in the order in which it was set up."""
    return tuple(
        BUILDERS[subentry.subentry_type](entry, subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type in BUILDERS
    )
