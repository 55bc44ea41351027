"""Repair issues about offline limits that are too high together."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, AmpGuardConfigEntry
from ..model import SUPPLY_ID, Site
from ..site.offline_limits import offline_excesses
from .charger_repairs import is_simulated


@callback
def tell_offline_limits(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, site: Site
) -> None:
    """Tell of each group and the supply that is passed; take back what fits again.

    It stays told while the entry is not set up: deleting it would forget that the user
    chose to ignore it.
    """
    if is_simulated(entry):
        return
    excesses = {excess.node: excess for excess in offline_excesses(site)}
    for node in (SUPPLY_ID, *(group.id for group in site.groups)):
        part = entry.entry_id if node == SUPPLY_ID else node
        if (excess := excesses.get(node)) is None:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(part))
            continue
        name = entry.title if node == SUPPLY_ID else entry.subentries[node].title
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(part),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="offline_limits_exceed",
            translation_placeholders=excess.placeholders(hass, name),
        )


@callback
def forget_offline_limit(hass: HomeAssistant, part: str) -> None:
    """Take back what is told of a group or entry that is removed, by its id."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(part))


def _issue_id(part: str) -> str:
    return f"offline_limits_exceed_{part}"
