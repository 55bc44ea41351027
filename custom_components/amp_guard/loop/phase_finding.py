"""Find the phases of a charger while the loop goes on; the search itself is pure.

Its ceilings are given to the law beside the owner's, and are neither shown as theirs nor
stored: none outlives the search, however it ends.
"""

import asyncio
from collections.abc import Callable
import logging

from homeassistant.core import callback

from ..control.phase_answers import PhaseFinding
from ..control.phase_search import LONGEST, Moment, PhaseSearch
from ..model import SUPPLY_ID, Ceiling, Measurement, Site
from .state import SiteState

_LOGGER = logging.getLogger(__name__)

GRACE = 10.0
"""s after its own end at which a search is ended that is shown nothing any more."""


class SearchRunningError(Exception):
    """Another charger's phases are being looked for."""


class SearchStoppedError(Exception):
    """The search was ended before it could find anything."""


class PhaseFinder:
    """Looks for the phases of one charger at a time.

    `on_change` is called when its ceilings change by anything but a state that it is
    shown.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        """Start with nothing to look for."""
        self._on_change = on_change
        self._site: Site | None = None
        self._search: PhaseSearch | None = None
        self._found: asyncio.Future[PhaseFinding]

    @property
    def ceilings(self) -> tuple[Ceiling, ...]:
        """What the search asks for now."""
        if (search := self._search) is None or self._found.done():
            return ()
        return tuple(
            Ceiling(target=charger, current=current, expires=search.ends_at)
            for charger, current in search.ceilings.items()
        )

    async def find(self, site: Site, charger: str) -> PhaseFinding:
        """Return what is found of a charger; it takes ten minutes at most.

        Raises:
            SearchRunningError: Another search is under way.
            SearchStoppedError: The site was changed or stopped meanwhile.
        """
        if self._search is not None:
            raise SearchRunningError
        loop = asyncio.get_running_loop()
        self._site, self._found = site, loop.create_future()
        self._search = PhaseSearch(site, charger, loop.time())
        self._on_change()
        try:
            async with asyncio.timeout(LONGEST + GRACE):
                return await self._found
        except TimeoutError as error:
            raise SearchStoppedError from error
        finally:
            self._search = None
            self._on_change()

    @callback
    def look(self, state: SiteState) -> bool:
        """Take what was decided; return whether it asks for other ceilings now."""
        search = self._search
        if search is None or self._found.done():
            return False
        if state.site != self._site:
            self.stop()
            return True
        before = search.ceilings
        try:
            finding = search.observe(_moment(state))
        except Exception:  # whoever asked is told, the loop goes on
            _LOGGER.exception("Looking for the phases of a charger failed")
            self.stop()
            return True
        if finding is not None:
            self._found.set_result(finding)
        return finding is not None or search.ceilings != before

    @callback
    def stop(self) -> None:
        """End the search: nothing is decided any more, or of another site."""
        if self._search is not None and not self._found.done():
            self._found.set_exception(SearchStoppedError())


def _moment(state: SiteState) -> Moment:
    decision, sample = state.decision, state.samples.get(SUPPLY_ID)
    measurement = None
    if sample is not None:
        measurement = Measurement(time=sample.time, current=sample.current)
    return Moment(
        time=decision.time,
        supply=decision.nodes[SUPPLY_ID],
        sample=measurement,
        signed=sample is not None and sample.signed,
        allocated={
            charger: allocation.current
            for charger, allocation in decision.allocations.items()
        },
        readings=state.readings,
    )
