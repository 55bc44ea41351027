"""The repair issue of chargers that go on at their last limit when Home Assistant dies.

One of a supply, which names each. It stays while there is one: deleting it would forget
that the user chose to ignore it. One that was not named yet is told anew.
"""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..chargers import FailSafe
from ..const import CONF_OFFLINE_CURRENT, DOMAIN, AmpGuardConfigEntry
from ..site.figures import figure

ISSUE = "no_fail_safe"


@callback
def tell_no_fail_safe(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, fail_safes: Mapping[str, FailSafe]
) -> None:
    """Tell of those that have none, of the chargers that are driven."""
    charger_data = ((id_, entry.subentries[id_]) for id_ in fail_safes)
    named = {
        id_: f"- {charger.title} ({figure(hass, charger.data[CONF_OFFLINE_CURRENT])} A)"
        for id_, charger in charger_data
        if fail_safes[id_] is FailSafe.NONE
    }
    issue_id = f"{ISSUE}_{entry.entry_id}"
    known = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if known is not None and known.data and named.keys() - known.data.keys():
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    _tell(hass, issue_id, entry.title, named)


@callback
def forget_fail_safe(hass: HomeAssistant, part: str) -> None:
    """Take it back of a charger or an entry that is removed."""
    ir.async_delete_issue(hass, DOMAIN, f"{ISSUE}_{part}")
    for issue in list(ir.async_get(hass).issues.values()):
        if issue.translation_key == ISSUE and issue.data and part in issue.data:
            named = {id_: str(name) for id_, name in issue.data.items() if id_ != part}
            supply = (issue.translation_placeholders or {})["supply"]
            _tell(hass, issue.issue_id, supply, named)


def _tell(
    hass: HomeAssistant, issue_id: str, supply: str, named: Mapping[str, str]
) -> None:
    if not named:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data=dict(named),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=ISSUE,
        translation_placeholders={
            "supply": supply,
            "chargers": "\n".join(named.values()),
        },
    )
