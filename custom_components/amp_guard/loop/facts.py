"""Facts: how a charger or fuse stands now, for conditions of automations."""

from collections.abc import Callable, Mapping

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from ..const import SUBENTRY_CHARGER, SUBENTRY_GROUP
from ..model import SUPPLY_ID
from ..site.devices import kind_of, target_of
from .state import SiteState

OF_FUSES: Mapping[str, Callable[[SiteState, str], bool]] = {
    "is_overloaded": SiteState.overloaded,
    "is_in_fallback": SiteState.in_fallback,
}
FACTS: Mapping[str, Mapping[str, Callable[[SiteState, str], bool]]] = {
    SUBENTRY_CHARGER: {
        "is_paused": SiteState.is_paused,
        "is_boosted": SiteState.is_boosted,
    },
    SUPPLY_ID: OF_FUSES,
    SUBENTRY_GROUP: OF_FUSES,
}
"""By the kind of what they are of."""


@callback
def holds(hass: HomeAssistant, device_id: str, fact: str) -> bool | None:
    """Say whether a fact holds of a device; None where it has no such fact."""
    says = FACTS.get(kind_of(hass, device_id) or "", {}).get(fact)
    if says is None or (found := target_of(hass, device_id)) is None:
        return None
    entry, target = found
    if entry.state is not ConfigEntryState.LOADED:
        return False
    state: SiteState | None = entry.runtime_data.state
    return state is not None and says(state, target)
