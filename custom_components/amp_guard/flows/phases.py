"""Find the phases of a charger that is changed: shown as progress, then in words.

It takes the charger as it is kept: what was entered in the forms and is not saved yet
plays no part.
"""

import asyncio

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN, AmpGuardConfigEntry
from ..control.phase_answers import PhaseFinding
from ..loop.phase_finding import SearchRunningError, SearchStoppedError
from ..loop.phase_words import describe_finding
from ..model import Phase
from .chargers import ChargerSteps

ROTATIONS = (
    (Phase.L1, Phase.L2, Phase.L3),
    (Phase.L2, Phase.L3, Phase.L1),
    (Phase.L3, Phase.L1, Phase.L2),
)
"""How an electrician spreads chargers over the phases."""


class PhaseSteps:
    """Finds the phases of the charger that a flow changes."""

    def __init__(
        self, flow: ConfigSubentryFlow, chargers: ChargerSteps[SubentryFlowResult]
    ) -> None:
        """Start with nothing found; what is found is filled in among `chargers`."""
        self._flow = flow
        self._chargers = chargers
        self._search: asyncio.Task[str] | None = None

    def find(self, entry: AmpGuardConfigEntry, charger: str) -> SubentryFlowResult:
        """Move the charger's current, and wait for the phases that answer."""
        if self._search is None:
            self._search = self._flow.hass.async_create_background_task(
                self._find(entry, charger), f"Find the phases of {charger}"
            )
        if not self._search.done():
            return self._flow.async_show_progress(
                step_id="find_phases",
                progress_action="find_phases",
                progress_task=self._search,
            )
        return self._flow.async_show_progress_done(next_step_id="phases_found")

    def found(self) -> SubentryFlowResult:
        """Show what was found, and ask what to do about it."""
        if self._search is not None:
            self._found, self._search = self._search.result(), None
        return self._flow.async_show_menu(
            step_id="phases_found",
            menu_options=["charger", "find_phases"],
            description_placeholders={"found": self._found},
        )

    async def _find(self, entry: AmpGuardConfigEntry, charger: str) -> str:
        """Return what was found, in words; fill in what it means."""
        hass = self._flow.hass
        if entry.state is not ConfigEntryState.LOADED:
            return await self._refusal("not_loaded", supply=entry.title)
        coordinator = entry.runtime_data
        site = coordinator.site
        wirings = {each.id: each.wiring for each in site.chargers}
        if charger not in wirings:
            name = entry.subentries[charger].title
            return await self._refusal("group_of_charger_gone", name=name)
        try:
            finding = await coordinator.finder.find(site, charger)
        except SearchRunningError:
            return await self._refusal("search_running")
        except SearchStoppedError:
            return await self._refusal("search_stopped")
        told = await describe_finding(hass, finding, wirings[charger])
        if finding.contradicts(wirings[charger]):
            self._chargers.rewire(_likely(finding))
        return "\n".join(f"- {sentence}" for sentence in told)

    async def _refusal(self, error: str, **given: str) -> str:
        """Return in the words of an error why nothing could be looked for."""
        hass = self._flow.hass
        texts = await async_get_translations(
            hass, hass.config.language, "exceptions", [DOMAIN]
        )
        return texts[f"component.{DOMAIN}.exceptions.{error}.message"].format(**given)


def _likely(finding: PhaseFinding) -> tuple[Phase, ...]:
    """Return the most usual of the wirings that fit."""
    usual = [wiring for wiring in finding.possible if wiring in ROTATIONS]
    return usual[0] if usual else finding.possible[0]
