"""Repairs that a button can mend."""

from typing import override

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.core import HomeAssistant

from .loop.generation import remember_generation


class GenerationFlow(ConfirmRepairFlow):
    """Says that something feeds in: then a phase may show less than its chargers."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask whether that is so, and remember it."""
        if user_input is not None:
            entry_id = str((self.data or {}).get("entry_id"))
            if entry := self.hass.config_entries.async_get_entry(entry_id):
                remember_generation(self.hass, entry)
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that mends an issue: one kind alone can be mended so."""
    return GenerationFlow()
