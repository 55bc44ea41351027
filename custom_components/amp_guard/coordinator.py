"""What an entry holds while it is set up: the loop of one supply, put together."""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .const import AmpGuardConfigEntry
from .loop.charged_energy import EnergyCounter
from .loop.controllable_loads import ControllableLoads
from .loop.cycle import Cycle
from .loop.energy_memory import EnergyMemory
from .loop.event_watch import EventWatch
from .loop.events import fire_events
from .loop.faults import Faults, do_all
from .loop.fleet import SAVE_TIMEOUT, Fleet
from .loop.inactive_repairs import tell_inactive
from .loop.meter_watch import MeterWatch
from .loop.meters import create_meters
from .loop.offline_repairs import tell_offline_limits
from .loop.overrides import Overrides
from .loop.phase_finding import PhaseFinder
from .loop.plans import Plans
from .loop.publisher import Listener, Publisher
from .loop.requests import Requests
from .loop.state import SiteState
from .loop.watchdog import Watchdog
from .model import SUPPLY_ID, Site, SiteError
from .site.plans import planned_limits
from .site.reading import build_site, taking_part
from .site.settings import structure


class AmpGuardCoordinator:
    """Keeps one supply under its fuse: its cycle, its chargers, what is published.

    `overrides` hold for a while, `finder` finds the phases of chargers, `energy` is what
    they drew. The other parts
    are for diagnostics.
    """

    def __init__(self, hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
        """Put the loop of an entry together.

        Raises SiteError where its site cannot be balanced.
        """
        meters, site = create_meters(hass, entry), build_site(entry)
        self.entry = entry
        self.overrides = Overrides(hass, entry.entry_id, self._request)
        self.requests = Requests(entry, self.overrides)
        self.finder = PhaseFinder(self._request_soon)
        self.energy = EnergyCounter()
        self._energy_memory = EnergyMemory(hass, entry.entry_id, self.energy)
        self.faults = Faults(hass, entry)
        self.plans = Plans(
            hass, entry, planned_limits(entry), self.faults, self._request_soon
        )
        self.meters = MeterWatch(hass, entry, meters)
        self.fleet = Fleet(hass, entry, self.faults, self._request_soon)
        self._loads = ControllableLoads(hass, entry, self.fleet)
        self._publisher = Publisher(self.faults)
        self.cycle = Cycle(
            hass,
            site,
            meters=self.meters,
            fleet=self.fleet,
            overrides=self.overrides,
            requests=self.requests,
            plans=self.plans,
            loads=self._loads,
            finder=self.finder,
            energy=self.energy,
            publisher=self._publisher,
            faults=self.faults,
        )
        self._watchdog = Watchdog(hass, self.cycle.watch)
        self._publisher.subscribe(self._fire_events)
        self._publisher.subscribe(self.fleet.watch)
        self._publisher.watch(self._energy_memory.look)
        self._hass = hass
        self._structure = structure(entry)

    # --- life -----------------------------------------------------------------------

    async def start(self) -> None:
        """Listen to the meters and the chargers; decide nothing until `run`."""
        await self.fleet.load()
        self.cycle.take(self.fleet.with_learned_lags(self.site))
        tell_offline_limits(self._hass, self.entry, self.site)
        tell_inactive(self._hass, self.entry)
        await self._energy_memory.load()
        await self._loads.load()
        await self.plans.start()
        await self.overrides.load((SUPPLY_ID, *self.entry.subentries))
        await self.fleet.start()
        await self.meters.start(self.cycle.request, self.cycle.request_soon)

    @callback
    def run(self) -> None:
        """Start to decide."""
        self.cycle.start()
        self._watchdog.start()

    async def take_up(self) -> bool:
        """Take up changed figures in passing; return False where more was changed."""
        if structure(self.entry) != self._structure:
            return False
        before, left_at = set(taking_part(self.site)), self.cycle.leave()
        try:
            self.cycle.take(self.fleet.with_learned_lags(build_site(self.entry)))
        except SiteError:
            return False  # setting up anew tells the user
        self.plans.take_up(self.site)
        self._loads.take_up()
        tell_offline_limits(self._hass, self.entry, self.site)
        tell_inactive(self._hass, self.entry)
        await self.fleet.take_up()
        self._publisher.expire()
        self.cycle.request()
        gone = before.difference(taking_part(self.site))
        await self.fleet.let_go({each: left_at.get(each) for each in gone})
        return True

    @callback
    def hand_over(self) -> None:
        """Let another loop take over the chargers that stay when this one stops."""
        self.fleet.hand_over()

    async def stop(self) -> None:
        """End the loop; leave each charger that was balanced where it fits.

        At its offline limit, or less where all of them would pass a fuse. Every step
        has its time: whatever hangs, the next one is taken.
        """
        self._watchdog.stop()
        self.cycle.stop()
        self.finder.stop()
        # The chargers first: whoever keeps the meters from stopping does not keep them.
        await self.fleet.stop(self.site, self.cycle.leave())
        await self.meters.stop()
        kept = (self.overrides, self._energy_memory)
        saves = (
            self.plans.stop(),
            self._loads.stop(),
            *(each.save_now() for each in kept),
        )
        await do_all(saves, SAVE_TIMEOUT)

    async def take_back(self) -> None:
        """Leave the chargers at their offline limits after all: nobody took over."""
        await self.fleet.take_back()

    # --- for the platforms ----------------------------------------------------------

    @property
    def state(self) -> SiteState | None:
        """What was published last, None while nothing is decided."""
        return self._publisher.state

    @property
    def events(self) -> EventWatch:
        """What lasts of the events that were published."""
        return self._publisher.events

    @property
    def site(self) -> Site:
        """What is balanced."""
        return self.cycle.site

    @property
    def is_metered(self) -> bool:
        """Whether anything is measured."""
        return self.site.supply.metered

    @callback
    def async_add_listener(self, listener: Listener) -> CALLBACK_TYPE:
        """Call `listener` with each state until what is returned is called.

        It is called with None when nothing that was published holds any longer.
        """
        return self._publisher.subscribe(listener)

    @callback
    def async_watch(self, watcher: Listener) -> CALLBACK_TYPE:
        """Call `watcher` with every state, also with one that is not worth a row."""
        return self._publisher.watch(watcher)

    def can_switch_phases(self, charger: str) -> bool:
        """Say whether a charger can be set to one phase, and to all of three."""
        driver = self.fleet.driver(charger)
        each = next((each for each in self.site.chargers if each.id == charger), None)
        if driver is None or each is None:
            return False
        return driver.can_switch_phases and bool(each.one_phase_choices)

    @callback
    def release_user_limit(self, charger: str) -> None:
        """Take back a charger that its user or its app has limited."""
        self.fleet.release_user_limit(charger)

    # --- between the parts ----------------------------------------------------------

    @callback
    def _request(self) -> None:
        self.cycle.request()

    @callback
    def _request_soon(self) -> None:
        self.cycle.request_soon()

    @callback
    def _fire_events(self, state: SiteState | None) -> None:
        if state is not None:
            fire_events(self._hass, self.entry, state.events)
