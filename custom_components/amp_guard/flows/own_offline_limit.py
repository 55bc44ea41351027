"""The offline limit that a charger keeps itself: offered where it says one, read back."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
import voluptuous as vol

from ..chargers import ChargerCommandError, OwnOfflineCurrent, set_own_offline_current
from ..site.figures import figure
from ..site.reading import read_charger_config
from ..site.rules import Errors
from .charger_check import Findings
from .charger_draft import ChargerDraft


class OwnOfflineLimit:
    """Sets the charger's own offline limit to the one that was described."""

    def __init__(self, flow: ConfigSubentryFlow) -> None:
        """Take the flow that it is a step of."""
        self._flow = flow
        self._reported: OwnOfflineCurrent

    def is_another(self, findings: Findings, charger: ChargerDraft) -> bool:
        """Say whether the charger reports another one; it is what is set then."""
        if (reported := findings.own_offline_current) is None:
            return False
        self._reported = reported
        return reported != reported.at(_described(charger))

    async def set(
        self, charger: ChargerDraft, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult | None:
        """Ask for leave, then write it; None once the charger reports it."""
        wanted = self._reported.at(_described(charger))
        reported: str | None = str(self._reported)
        errors: Errors = {}
        if user_input is not None:
            try:
                reported = await set_own_offline_current(
                    self._flow.hass, read_charger_config(charger.data), wanted
                )
            except ChargerCommandError:
                errors = {"base": "own_offline_not_sent"}
            else:
                if reported == str(wanted):
                    return None
                errors = {"base": "own_offline_not_taken"}
        return self._flow.async_show_form(
            step_id="own_offline_current",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={
                "charger": charger.title,
                "current": figure(self._flow.hass, _described(charger)),
                "reported": str(self._reported),
                "wanted": str(wanted),
                "now": reported or "-",
            },
        )


def _described(charger: ChargerDraft) -> float:
    return read_charger_config(charger.data).offline_current
