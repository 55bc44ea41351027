"""Repairs with a button: a flow for each kind of issue that can be mended here."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .loop.generation import remember_generation
from .loop.meter_repairs import GENERATION_ISSUE
from .loop.wiring_repairs import WIRING_ISSUE
from .site.phases import parse_phases
from .site.settings import change_wiring


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: Mapping[str, Any] | None
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    kind = issue.translation_key if issue is not None else None
    return FLOWS[str(kind)](data or {})


class MendingFlow(ConfirmRepairFlow):
    """Asks for leave, and mends."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Take what the issue is about."""
        self._about = data

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Mend it, once that is confirmed; say why, where it cannot be."""
        if user_input is not None and (reason := self._mend()) is not None:
            return self.async_abort(reason=reason)
        return await super().async_step_confirm(user_input)

    def _mend(self) -> str | None:
        """Mend what the issue is about; return why not, where it cannot be."""
        raise NotImplementedError


class GenerationFlow(MendingFlow):
    """Says that something feeds in: then a phase may show less than its chargers."""

    @override
    def _mend(self) -> None:
        if entry := self.hass.config_entries.async_get_entry(self._about["entry_id"]):
            remember_generation(self.hass, entry)


class WiringFlow(MendingFlow):
    """Sets a charger's phases as its draw shows them."""

    @override
    def _mend(self) -> str | None:
        entry = self.hass.config_entries.async_get_entry(self._about["entry_id"])
        charger = self._about["charger_id"]
        if entry is None or charger not in entry.subentries:
            return "charger_gone"
        wiring = parse_phases(self._about["seen"])
        return (
            "does_not_fit" if change_wiring(self.hass, entry, charger, wiring) else None
        )


FLOWS: Mapping[str, type[MendingFlow]] = {
    GENERATION_ISSUE: GenerationFlow,
    WIRING_ISSUE: WiringFlow,
}
"""By the issue's translation key."""
