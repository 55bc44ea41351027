"""Plans as they are configured: each a subentry that limits what chargers draw together."""

from collections.abc import Callable, Mapping

from homeassistant.config_entries import ConfigSubentry

from ..const import (
    SUBENTRY_OPERATOR,
    SUBENTRY_SOLAR,
    SUBENTRY_TARIFF,
    AmpGuardConfigEntry,
)
from .grid_operators import operator_limits
from .planned_limit import PlannedLimit
from .solar import solar_limits
from .tariffs import tariff_limits

type Builder = Callable[[AmpGuardConfigEntry, ConfigSubentry], tuple[PlannedLimit, ...]]

BUILDERS: Mapping[str, Builder] = {
    SUBENTRY_TARIFF: tariff_limits,
    SUBENTRY_OPERATOR: operator_limits,
    SUBENTRY_SOLAR: solar_limits,
}
"""How a kind of subentry is read."""


def planned_limits(entry: AmpGuardConfigEntry) -> tuple[PlannedLimit, ...]:
    """Return what limits power beside the fuses, in the order in which it was set up."""
    return tuple(
        planned
        for subentry in entry.subentries.values()
        if subentry.subentry_type in BUILDERS
        for planned in BUILDERS[subentry.subentry_type](entry, subentry)
    )
