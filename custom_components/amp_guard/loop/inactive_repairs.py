"""Repair issues about what was switched off: nothing keeps its fuse then.

They stay for as long as it is off: whoever switched it off with everything else in the
house has not meant it.
"""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import (
    CONF_ACTIVE,
    CONF_GROUP,
    DOMAIN,
    SUBENTRY_CHARGER,
    AmpGuardConfigEntry,
)
from .charger_repairs import is_simulated


@callback
def tell_inactive(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Tell of each group with chargers, and each charger, that is switched off."""
    if is_simulated(entry):
        return
    chargers = entry.get_subentries_of_type(SUBENTRY_CHARGER)
    groups = {charger.data.get(CONF_GROUP) for charger in chargers}
    for id_, subentry in entry.subentries.items():
        is_charger = subentry.subentry_type == SUBENTRY_CHARGER
        if subentry.data.get(CONF_ACTIVE, True) or not (is_charger or id_ in groups):
            ir.async_delete_issue(hass, DOMAIN, _issue_id(id_))
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(id_),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="not_balanced",
            translation_placeholders={"name": subentry.title},
        )


@callback
def forget_inactive(hass: HomeAssistant, part: str) -> None:
    """Take back what is told of a group or charger that is removed, by its id."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(part))


def _issue_id(part: str) -> str:
    return f"not_balanced_{part}"
