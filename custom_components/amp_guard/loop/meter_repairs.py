"""Repairs of the measurement device: a current sensor that sits wrong."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, AmpGuardConfigEntry
from ..model import SUPPLY_ID, Doubt, Phase, PhaseWorth
from .publisher import Listener
from .state import SiteState

TOLD = {
    Doubt.TURNED: "current_sensor_turned",
    Doubt.SWAPPED: "current_sensor_swapped",
}
"""The doubts that are told, by their translation keys."""


class MeterIssues:
    """Tells what the phases of the meter are worth; mends its notices by itself."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        subscribe: Callable[[Listener], CALLBACK_TYPE],
    ) -> None:
        """Listen to what is published until the entry is unloaded."""
        self._hass = hass
        self._entry = entry
        self._told: dict[Phase, PhaseWorth] = {}
        entry.async_on_unload(subscribe(self._look))
        entry.async_on_unload(self._forget)

    @callback
    def _look(self, state: SiteState | None) -> None:
        if state is None:
            return
        worth = zip(Phase, state.decision.nodes[SUPPLY_ID].worth, strict=True)
        self._tell({phase: each for phase, each in worth if each.doubt in TOLD})

    def _tell(self, doubted: dict[Phase, PhaseWorth]) -> None:
        if doubted == self._told:
            return
        for phase in Phase:
            worth = doubted.get(phase)
            if worth is None or worth.doubt is None:
                ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(phase))
                continue
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                self._issue_id(phase),
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key=TOLD[worth.doubt],
                translation_placeholders={"phase": phase.name}
                | ({"other": worth.on.name} if worth.on is not None else {}),
            )
        self._told = doubted

    @callback
    def _forget(self) -> None:
        self._tell({})

    def _issue_id(self, phase: Phase) -> str:
        return f"current_sensor_{phase.name.lower()}_{self._entry.entry_id}"
