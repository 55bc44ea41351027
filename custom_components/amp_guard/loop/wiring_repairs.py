"""Repair issues about chargers whose draw shows on other phases than is set."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, AmpGuardConfigEntry
from ..model import Phase
from ..site.phases import format_phases
from .publisher import Listener
from .state import SiteState

WIRING_ISSUE = "wiring_contradicted"
"""What is told, and which flow of `repairs.py` mends it."""


class WiringIssues:
    """Tells what the law has seen of each charger's wiring; takes it back with that."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        subscribe: Callable[[Listener], CALLBACK_TYPE],
    ) -> None:
        """Listen to what is published until the entry is unloaded."""
        self._hass = hass
        self._entry = entry
        self._told: dict[str, tuple[Phase, ...]] = {}
        entry.async_on_unload(subscribe(self._look))
        entry.async_on_unload(self._forget)

    @callback
    def _look(self, state: SiteState | None) -> None:
        if state is None:
            return
        wirings = {charger.id: charger.wiring for charger in state.site.chargers}
        seen = {
            charger: wiring
            for charger, wiring in state.decision.seen_wiring.items()
            if wiring != wirings[charger]
        }
        for charger in self._told.keys() - seen.keys():
            ir.async_delete_issue(self._hass, DOMAIN, _issue_id(charger))
        for charger, wiring in seen.items():
            if self._told.get(charger) != wiring:
                self._tell(charger, wirings[charger], wiring)
        self._told = seen

    def _tell(
        self, charger: str, wiring: tuple[Phase, ...], seen: tuple[Phase, ...]
    ) -> None:
        placeholders = {
            "charger": self._entry.subentries[charger].title,
            "set": format_phases(wiring),
            "seen": format_phases(seen),
        }
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue_id(charger),
            data={
                **placeholders,
                "entry_id": self._entry.entry_id,
                "charger_id": charger,
            },
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=WIRING_ISSUE,
            translation_placeholders=placeholders,
        )

    @callback
    def _forget(self) -> None:
        for charger in self._told:
            ir.async_delete_issue(self._hass, DOMAIN, _issue_id(charger))
        self._told = {}


def _issue_id(charger: str) -> str:
    return f"{WIRING_ISSUE}_{charger}"
