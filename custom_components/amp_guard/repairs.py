"""Repairs with a button: a flow for each kind of issue that can be mended here."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .const import DOMAIN
from .loop.wiring_repairs import WIRING_ISSUE
from .site.phases import parse_phases
from .site.settings import change_wiring

type IssueData = Mapping[str, Any]


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    kind = issue.translation_key if issue is not None else None
    return FLOWS[str(kind)](data or {})


class WiringFlow(RepairsFlow):
    """Sets a charger's phases as its draw shows them."""

    def __init__(self, data: IssueData) -> None:
        """Take the entry, the charger, and its wiring as it is seen."""
        self._data = data

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for leave."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Set it, once that is confirmed."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders={
                    name: self._data[name] for name in ("charger", "set", "seen")
                },
            )
        entry = self.hass.config_entries.async_get_entry(self._data["entry_id"])
        charger = self._data["charger_id"]
        if entry is None or charger not in entry.subentries:
            return self.async_abort(reason="charger_gone")
        wiring = parse_phases(self._data["seen"])
        if change_wiring(self.hass, entry, charger, wiring):
            return self.async_abort(reason="does_not_fit")
        return self.async_create_entry(data={})


FLOWS: Mapping[str, Callable[[IssueData], RepairsFlow]] = {WIRING_ISSUE: WiringFlow}
"""By the issue's translation key."""
