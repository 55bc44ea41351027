"""Plans as they are configured: each a subentry that limits what chargers draw together."""

from collections.abc import Callable, Mapping

from homeassistant.config_entries import ConfigSubentry

from ..const import SUBENTRY_OPERATOR, SUBENTRY_TARIFF, AmpGuardConfigEntry
from .grid_operators import operator_limit
from .planned_limit import PlannedLimit
from .tariffs import tariff_limit

type Builder = Callable[[AmpGuardConfigEntry, ConfigSubentry], PlannedLimit]

BUILDERS: Mapping[str, Builder] = {
    SUBENTRY_TARIFF: tariff_limit,
    SUBENTRY_OPERATOR: operator_limit,
}
"""How a kind of subentry is read."""


def planned_limits(entry: AmpGuardConfigEntry) -> tuple[PlannedLimit, ...]:
    """Return what limits power beside the fuses, in the order in which it was set up."""
    return tuple(
        BUILDERS[subentry.subentry_type](entry, subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type in BUILDERS
    )
