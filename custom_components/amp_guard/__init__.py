"""Balance EV chargers against a property's main fuse, locally."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
import logging

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry, UnknownEntry
from homeassistant.const import Platform
from homeassistant.core import HassJob, HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_when_setup

from .assist import listen
from .const import DOMAIN, SUBENTRY_CHARGER, AmpGuardConfigEntry
from .control.tree import GroupCycleError, LimitError, WiringError
from .coordinator import AmpGuardCoordinator
from .frontend import FEED, Feed, add_card, remove_card, serve_card, show_simulated_home
from .loop.charger_repairs import forget_part, is_simulated, tell_left
from .loop.controllable_loads import forget_loads
from .loop.energy_memory import forget_energy
from .loop.fail_safe_repairs import forget_fail_safe
from .loop.generation import Generation
from .loop.inactive_repairs import forget_inactive
from .loop.memory import Memory, forget_learned
from .loop.meter_address import forget_address, watch_address
from .loop.meter_repairs import MeterIssues
from .loop.offline_repairs import forget_offline_limit
from .loop.overrides import forget_overrides
from .loop.plan_memory import forget_plans
from .loop.wiring_repairs import WiringIssues
from .model import SiteError
from .services import register_services
from .site.devices import register_devices
from .site.reading import was_balanced
from .websocket import register_commands

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

SITE_ERRORS: Mapping[type[SiteError], str] = {
    GroupCycleError: "groups_in_a_circle",
    LimitError: "limit_out_of_range",
    WiringError: "phases_contradict",
}
"""What is wrong with a site that no form lets come to this, in a translated text."""

_LOGGER = logging.getLogger(__name__)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions: they are there, and refuse, also where no entry is.

    So is the feed of the cards, and says that no supply is there.
    """
    register_services(hass)
    hass.data[FEED] = Feed(hass)
    await serve_card(hass)
    register_commands(hass)
    async_when_setup(hass, "lovelace", _add_card)  # if it comes later
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> bool:
    """Set up one supply.

    A meter that does not answer is no reason to stay away: the chargers are then held
    to what their groups may use without it.
    """
    # First of all: what is added while this waits would never be taken up otherwise.
    if not entry.update_listeners:
        Changes(entry)
    try:
        coordinator = AmpGuardCoordinator(hass, entry)
    except SiteError as error:
        raise _refusal(entry, error) from error
    entry.runtime_data = coordinator

    entry.async_on_unload(coordinator.stop)
    entry.async_on_unload(hass.async_add_shutdown_job(HassJob(coordinator.stop)))

    if coordinator.is_metered:
        MeterIssues(hass, entry, coordinator.async_add_listener)
        Generation(hass, entry, coordinator.async_add_listener)
    WiringIssues(hass, entry, coordinator.async_add_listener)
    tell_cards = partial(hass.data[FEED].take, entry)
    entry.async_on_unload(coordinator.async_watch(tell_cards))
    await add_card(hass)
    if is_simulated(entry):
        show_simulated_home(hass, entry)

    register_devices(hass, entry, coordinator.site)
    await coordinator.start()
    # The entities are there, with what they restore, before anything is decided.
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    coordinator.run()
    watch_address(hass, entry)
    await listen(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> bool:
    """Unload a supply; its chargers are left at their offline limits."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def _add_card(hass: HomeAssistant, _component: str) -> None:
    """Offer the card to dashboards; not where the last supply was removed meanwhile."""
    if hass.config_entries.async_entries(DOMAIN):
        await add_card(hass)


async def async_remove_entry(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Tell how the chargers of a removed supply were left; forget the rest."""
    await _tell_left(hass, entry, entry.subentries, entry.subentries)
    _forget(hass, (entry.entry_id, *entry.subentries))
    forget_address(hass, entry)
    await forget_learned(hass, entry.entry_id)
    await forget_overrides(hass, entry.entry_id)
    await forget_energy(hass, entry.entry_id)
    await forget_plans(hass, entry.entry_id)
    await forget_loads(hass, entry.entry_id)
    if not hass.config_entries.async_entries(DOMAIN):
        await remove_card(hass)


def _forget(hass: HomeAssistant, parts: Iterable[str]) -> None:
    """Take back what is told of what is removed: groups, chargers, an entry."""
    for part in parts:
        forget_part(hass, part)
        forget_fail_safe(hass, part)
        forget_offline_limit(hass, part)
        forget_inactive(hass, part)


async def _tell_left(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    removed: Iterable[str],
    before: Mapping[str, ConfigSubentry],
) -> None:
    """Tell how those of the removed subentries were left that were balanced before."""
    memory = Memory(hass, entry.entry_id)
    await memory.load()
    for id_ in removed:
        subentry = before[id_]
        is_charger = subentry.subentry_type == SUBENTRY_CHARGER
        if is_charger and was_balanced(id_, before):
            tell_left(hass, entry, subentry, memory.left_at(subentry))


def _refusal(entry: AmpGuardConfigEntry, error: SiteError) -> ConfigEntryError:
    """Return what tells the owner what to mend."""
    _LOGGER.warning("%s: %s", entry.title, error)
    return ConfigEntryError(
        translation_domain=DOMAIN,
        translation_key=SITE_ERRORS.get(type(error), "site_error"),
    )


class Changes:
    """Takes up what is changed of an entry, while the chargers that stay go on.

    Figures in passing; other changes by setting the entry up anew. However many changes
    come at once, they are taken up together. It stays where set-up failed: what mends
    the entry is a change as well.
    """

    def __init__(self, entry: AmpGuardConfigEntry) -> None:
        """Listen to the changes of an entry from now on."""
        self._lock = asyncio.Lock()
        self._waits = False
        self._subentries = dict(entry.subentries)
        entry.add_update_listener(self._take_up)

    async def _take_up(self, hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
        if self._waits:
            return
        self._waits = True
        async with self._lock:
            self._waits = False
            if entry.state is not ConfigEntryState.LOADED:
                await self._set_up_anew(hass, entry)
                return
            coordinator = entry.runtime_data
            if not await coordinator.take_up():
                await self._replace(hass, entry, coordinator)

    async def _replace(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        coordinator: AmpGuardCoordinator,
    ) -> None:
        coordinator.hand_over()
        await self._set_up_anew(hass, entry)
        if entry.state is not ConfigEntryState.LOADED:
            await coordinator.take_back()

    async def _set_up_anew(
        self, hass: HomeAssistant, entry: AmpGuardConfigEntry
    ) -> None:
        with suppress(UnknownEntry):  # removed while this waited
            await hass.config_entries.async_reload(entry.entry_id)
        # Also where no loop lives that could know of them.
        before, self._subentries = self._subentries, dict(entry.subentries)
        gone = before.keys() - entry.subentries.keys()
        await _tell_left(hass, entry, gone, before)
        _forget(hass, gone)
