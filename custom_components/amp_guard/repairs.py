"""Repairs with a button: what is done for each kind of issue that can be mended here."""

from collections.abc import Callable, Mapping
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
from .loop.meter_address import MOVED_ISSUE, confirm_address
from .loop.meter_repairs import GENERATION_ISSUE
from .loop.wiring_repairs import WIRING_ISSUE
from .site.phases import parse_phases
from .site.settings import change_wiring

type Mend = Callable[[HomeAssistant, Mapping[str, Any]], str | None]
"""Mends what an issue's data are about; returns why not, where it cannot be."""


def _note_generation(hass: HomeAssistant, about: Mapping[str, Any]) -> None:
    """Note that something feeds in: then a phase may show less than its chargers."""
    if entry := hass.config_entries.async_get_entry(about["entry_id"]):
        remember_generation(hass, entry)


def _confirm_address(hass: HomeAssistant, about: Mapping[str, Any]) -> None:
    """Note that the meter was moved: its former address is asked no more."""
    if entry := hass.config_entries.async_get_entry(about["entry_id"]):
        confirm_address(hass, entry)


def _set_wiring(hass: HomeAssistant, about: Mapping[str, Any]) -> str | None:
    """Set a charger's phases as its draw shows them."""
    entry = hass.config_entries.async_get_entry(about["entry_id"])
    charger = about["charger_id"]
    if entry is None or charger not in entry.subentries:
        return "charger_gone"
    wiring = parse_phases(about["seen"])
    return "does_not_fit" if change_wiring(hass, entry, charger, wiring) else None


MENDED_BY: Mapping[str, Mend] = {
    GENERATION_ISSUE: _note_generation,
    MOVED_ISSUE: _confirm_address,
    WIRING_ISSUE: _set_wiring,
}
"""By the issue's translation key."""


class MendingFlow(ConfirmRepairFlow):
    """Asks for leave, and mends."""

    def __init__(self, mend: Mend, about: Mapping[str, Any]) -> None:
        """Take how it is mended, and what it is about."""
        self._mend = mend
        self._about = about

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Mend it, once that is confirmed; say why, where it cannot be."""
        if user_input is not None:
            reason = self._mend(self.hass, self._about)
            if reason is not None:
                return self.async_abort(reason=reason)
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: Mapping[str, Any] | None
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    kind = issue.translation_key if issue is not None else None
    return MendingFlow(MENDED_BY[str(kind)], data or {})
