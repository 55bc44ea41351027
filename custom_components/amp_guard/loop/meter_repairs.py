"""Repairs of the measurement device: a phase that is not measured as it should be.

They come and go with what the law finds each phase to be worth.
"""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import CONF_MEASURED_PHASES, DOMAIN, AmpGuardConfigEntry
from ..model import SUPPLY_ID, Doubt, Phase, PhaseWorth, Worth
from ..site.phases import parse_phases
from .publisher import Listener
from .state import SiteState

LASTS = {Doubt.NOT_SENT: 300.0}
"""s that a doubt must last to be told, by its kind: another integration's restart takes
minutes. Of the others the law is sure when it says so."""
GENERATION_ISSUE = f"phase_{Doubt.BELOW_CHARGERS}"
"""What `repairs.py` mends where something feeds in after all."""


class MeterIssues:
    """The issues of the phases of an entry's meter."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        subscribe: Callable[[Listener], CALLBACK_TYPE],
    ) -> None:
        """Listen to what is published until the entry is unloaded."""
        self._hass = hass
        self._entry = entry
        # A line that this meter never sends is nothing to mend.
        self._measured = parse_phases(entry.data[CONF_MEASURED_PHASES])
        self._told: dict[Phase, PhaseWorth] = {}
        entry.async_on_unload(subscribe(self._look))
        entry.async_on_unload(self._forget)

    @callback
    def _look(self, state: SiteState | None) -> None:
        if state is None:
            return
        decision = state.decision
        for phase in self._measured:
            worth = decision.nodes[SUPPLY_ID].worth[phase]
            if worth.worth is Worth.MEASURED or worth.doubt is None:
                self._mended(phase)
            elif decision.time - (worth.since or 0.0) >= LASTS.get(worth.doubt, 0.0):
                self._tell(phase, worth)

    def _tell(self, phase: Phase, worth: PhaseWorth) -> None:
        if self._told.get(phase) == worth or worth.doubt is None:
            return
        self._mended(phase)  # it may be told otherwise
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(phase),
            data={"entry_id": self._entry.entry_id},
            is_fixable=worth.doubt is Doubt.BELOW_CHARGERS,
            severity=ir.IssueSeverity.ERROR,
            translation_key=f"phase_{worth.doubt}",
            translation_placeholders={"phase": phase.name}
            | ({"other": worth.on.name} if worth.on is not None else {}),
        )
        self._told[phase] = worth

    def _mended(self, phase: Phase) -> None:
        if self._told.pop(phase, None) is not None:
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(phase))

    @callback
    def _forget(self) -> None:
        for phase in Phase:
            self._mended(phase)

    def _issue_id(self, phase: Phase) -> str:
        return f"phase_{phase.name.lower()}_{self._entry.entry_id}"
