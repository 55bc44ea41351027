"""The loop: snapshot -> decide -> apply -> publish.

A main fuse depends on it, so it runs on what happens (a sample, a charger's change, a
moment that the decision named) and on no schedule that a user can switch off. One
turn is synchronous: a cut leaves in the same turn as the sample that calls for it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from functools import partial
import logging
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .balancer import Balancer
from .chargers import ChargerDriver, Learning, Memory, Trouble, TroubleKind
from .const import SUBENTRY_CHARGER, AmpGuardConfigEntry
from .loop.charged_energy import EnergyCounter
from .loop.charger_repairs import ChargerIssues, is_simulated, take_back_left
from .loop.events import Happening, HappeningWatch, tell_bus
from .loop.faults import Faults, Part
from .loop.overrides import Temporary, as_ceiling, in_loop_time
from .loop.recording import Recording
from .loop.state import PUBLISH_INTERVAL, Published, is_news
from .meters import (
    Meter,
    MeterAuthenticationError,
    MeterConnectionError,
    MeterError,
    MeterSample,
)
from .model import (
    SUPPLY_ID,
    ChargerReading,
    ChargerStatus,
    Decision,
    Measurement,
    MeterTrust,
    Reason,
    Site,
    SiteError,
    Snapshot,
)
from .site.reading import build_site, read_charger_config, taking_part
from .site.settings import structure

_LOGGER = logging.getLogger(__name__)

WATCH_INTERVAL = 5.0
"""s after which a turn is made though nothing happened: a silent meter is seen."""
LEAST_WAIT = 0.1
"""s between turns without news."""
FALLBACK_DELAY = 30.0
"""s without a decision after which chargers get their offline limits: as long as the
law itself waits for a silent meter."""
RELEASE_TIMEOUT = 8.0
"""s that chargers have to take their offline limits when the loop stops; Home
Assistant gives an entry 10 s to unload."""


class AmpGuardCoordinator:
    """Keeps one supply under its fuse.

    `published` is what entities show, None while nothing is decided.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        meters: Mapping[str, Meter],
    ) -> None:
        """Take the site of an entry and its meters by node.

        Raises SiteError where the site cannot be balanced.
        """
        self.entry = entry
        self.meters = meters
        self.published: Published | None = None
        self.recording = Recording()
        self.temporary = Temporary(hass, entry.entry_id, self._turn)
        self.energy = EnergyCounter()
        self.faults = Faults(hass, entry)
        self.happenings: tuple[Happening, ...] = ()
        self.watch = HappeningWatch()
        self.troubles: Mapping[str, Trouble | None] = {}
        self._hass = hass
        self._structure = structure(entry)
        self.memory = Memory(hass, entry.entry_id)
        self.site = build_site(entry)
        self._balancer = Balancer(self.site)
        self.chargers = entry.get_subentries_of_type(SUBENTRY_CHARGER)
        self._drivers = {
            charger.subentry_id: self._driver_of(charger) for charger in self.chargers
        }
        self._issues = ChargerIssues(hass, self.chargers)
        self._samples: dict[str, MeterSample] = {}
        self._meter_errors: dict[str, MeterError | None] = dict.fromkeys(
            meters, MeterConnectionError("nothing was heard of it yet")
        )
        self._lost_meters: set[str] = set()
        self._listeners: set[Callable[[Published | None], None]] = set()
        self._running = False
        self._next_turn: asyncio.TimerHandle | None = None
        self._asked_turn: asyncio.Handle | None = None
        self._decided_at = self._now()
        self._published_at = 0.0
        self._hands_over = False
        self._handed_over: list[str] = []

    # --- life -----------------------------------------------------------------------

    async def start(self) -> None:
        """Listen to the meters and the chargers; decide nothing until `run`."""
        await self.memory.load()
        self._take_site(self.site)
        self._tell_no_fail_safe()
        take_back_left(self._hass, self.entry)
        await self.temporary.load((SUPPLY_ID, *self.entry.subentries))
        await _gather(driver.start() for driver in self._drivers.values())
        for node, meter in self.meters.items():
            await meter.start(
                partial(self._on_sample, node), partial(self._on_connection, node)
            )

    @callback
    def run(self) -> None:
        """Start the loop."""
        self._running = True
        self._decided_at = self._now()
        self._turn()

    async def take_up(self) -> bool:
        """Take up changed figures in passing; return False where more was changed."""
        if structure(self.entry) != self._structure:
            return False
        before = set(taking_part(self.site))
        try:
            self._take_site(build_site(self.entry))
        except SiteError:
            return False  # setting up anew tells the user
        for charger in self.chargers:
            driver = self._driver_of(charger)
            if driver.config != self._drivers[charger.subentry_id].config:
                await self._drivers[charger.subentry_id].stop()
                self._drivers[charger.subentry_id] = driver
                await driver.start()
        self._tell_no_fail_safe()
        self._published_at = -PUBLISH_INTERVAL
        self._turn()
        await self._restart(before.difference(taking_part(self.site)))
        return True

    @callback
    def hand_over(self) -> None:
        """Let another loop take over the chargers that stay when this one stops."""
        self._hands_over = True

    async def stop(self) -> None:
        """End the loop; leave each charger that was balanced at its offline limit."""
        self._running = False
        self._cancel_turns()
        self._issues.stop()
        self.faults.end_fallback()
        await _gather(meter.stop() for meter in self.meters.values())
        balanced = taking_part(self.site)
        stay = self.entry.subentries if self._hands_over else {}
        self._handed_over = [charger for charger in balanced if charger in stay]
        await self._release(charger for charger in balanced if charger not in stay)
        # Only now: what cannot be written must not keep a charger at its limit.
        await self.memory.save_now()
        await self.temporary.save_now()

    async def take_back(self) -> None:
        """Leave the chargers at their offline limits after all: nobody took over."""
        await self._release(self._handed_over)

    async def _release(self, chargers: Iterable[str]) -> None:
        await _gather(
            asyncio.wait_for(self._drivers[charger].release(), RELEASE_TIMEOUT)
            for charger in chargers
        )
        await _gather(driver.stop() for driver in self._drivers.values())

    # --- what happens ---------------------------------------------------------------

    @callback
    def _on_sample(self, node: str, sample: MeterSample) -> None:
        self._samples[node] = sample
        self._turn()

    @callback
    def _on_connection(self, node: str, error: MeterError | None) -> None:
        self._meter_errors[node] = error
        if isinstance(error, MeterAuthenticationError):
            self.entry.async_start_reauth(self._hass)
        self._ask_turn()

    @callback
    def _on_charger_change(self, charger: str) -> None:
        self._ask_turn()

    @callback
    def _ask_turn(self) -> None:
        """Make one turn for all that changes in this round of the event loop."""
        if self._asked_turn is None:
            self._asked_turn = self._hass.loop.call_soon(self._turn)

    # --- the turn -------------------------------------------------------------------

    @callback
    def _turn(self) -> None:
        self._cancel_turns()
        if not self._running:
            return
        now = self._now()
        look_again = None
        try:
            snapshot = self._snapshot(now)
            decision = self._decide(snapshot, now)
            look_again = decision.look_again
            self._decided_at = now
            self._apply(decision)
            self._report_meters(decision)
            self.energy.count(
                decision,
                snapshot.chargers,
                self._samples,
                self.site.supply.earthing_system,
            )
            self._publish(snapshot, decision, now)
            self.faults.end(Part.TURN)
        except Exception as error:  # noqa: BLE001 - the next sample is another chance
            self.faults.come(Part.TURN, error)
            if now - self._decided_at >= FALLBACK_DELAY:
                self._fall_back(now)
        finally:
            wait = WATCH_INTERVAL if look_again is None else look_again - now
            self._next_turn = self._hass.loop.call_later(
                min(max(wait, LEAST_WAIT), WATCH_INTERVAL), self._turn
            )

    def _decide(self, snapshot: Snapshot, now: float) -> Decision:
        """Decide; record what that was made from, also where it fails."""
        self._record(self.recording.prepare, self._balancer, now)
        decision = None
        try:
            decision = self._balancer.decide(snapshot, now)
        finally:
            self._record(self.recording.note, now, snapshot, decision)
        self.faults.end_fallback()
        return decision

    def _record[*Ts](self, step: Callable[[*Ts], None], *what: *Ts) -> None:
        try:
            step(*what)
        except Exception as error:  # noqa: BLE001 - the fuse depends on the decision
            self.faults.come(Part.RECORDING, error)

    def _snapshot(self, now: float) -> Snapshot:
        return Snapshot(
            measurements={
                node: Measurement(time=sample.time, current=sample.current)
                for node, sample in self._samples.items()
            },
            chargers={charger: self._read(charger) for charger in self._drivers},
            ceilings=tuple(as_ceiling(c, now) for c in self.temporary.ceilings),
            boosts={
                charger: in_loop_time(end, now)
                for charger, end in self.temporary.boosts.items()
            },
        )

    def _read(self, charger: str) -> ChargerReading:
        try:
            reading = self._drivers[charger].read()
        except Exception as error:  # noqa: BLE001 - the others go on
            self.faults.come(Part.READING, error, charger)
            return ChargerReading(status=ChargerStatus.LOST)
        self.faults.end(Part.READING, charger)
        return reading

    def _apply(self, decision: Decision) -> None:
        for charger, allocation in decision.allocations.items():
            if allocation.reason is not Reason.INACTIVE and allocation.send:
                self._tell(charger, allocation.current, allocation.valid_for)

    def _tell(
        self, charger: str, current: float, valid_for: float | None = None
    ) -> None:
        """Give a charger its limit (A, for so many s); a slow one delays nobody.

        While it is being told, its driver lets the newest take the place of what waits.
        """
        self.entry.async_create_background_task(
            self._hass,
            self._deliver(charger, current, valid_for),
            f"Amp Guard command {charger}",
        )

    async def _deliver(
        self, charger: str, current: float, valid_for: float | None
    ) -> None:
        try:
            sent = await self._drivers[charger].apply(current, valid_for)
        except Exception as error:  # noqa: BLE001 - the law sees that it is not followed
            self.faults.come(Part.COMMAND, error, charger)
            return
        if sent:
            self.faults.end(Part.COMMAND, charger)

    def _publish(self, snapshot: Snapshot, decision: Decision, now: float) -> None:
        latest = Published(
            site=self.site,
            samples=dict(self._samples),
            connected={
                node: error is None for node, error in self._meter_errors.items()
            },
            rejected_samples={
                node: meter.rejected_samples for node, meter in self.meters.items()
            },
            readings=snapshot.chargers,
            fail_safes={
                charger: driver.profile.fail_safe
                for charger, driver in self._drivers.items()
            },
            decision=decision,
            decided_at=dt_util.utcnow(),
            ceilings=self.temporary.ceilings,
            boosts=self.temporary.boosts,
            energy=dict(self.energy.totals),
        )
        if (
            self.published is not None
            and now - self._published_at < PUBLISH_INTERVAL
            and not is_news(self.published, latest)
        ):
            return
        self.happenings = tuple(self.watch.look(latest))
        self.published, self._published_at = latest, now
        tell_bus(self._hass, self.entry, self.happenings)
        self._tell_listeners()
        self.troubles = self._find_troubles(snapshot, decision)
        self._issues.watch(self.troubles, now)

    def _find_troubles(
        self, snapshot: Snapshot, decision: Decision
    ) -> dict[str, Trouble | None]:
        """Return what is wrong with each charger; one that is left alone has nothing."""
        troubles: dict[str, Trouble | None] = dict.fromkeys(self._drivers)
        for charger in taking_part(self.site):
            trouble = self._drivers[charger].trouble(snapshot.chargers[charger])
            if trouble is None and charger in decision.not_following:
                trouble = Trouble(kind=TroubleKind.NOT_FOLLOWING)
            troubles[charger] = trouble
        return troubles

    def _fall_back(self, now: float) -> None:
        """Start the law afresh, and hold the chargers where they are safe meanwhile.

        What was published is no longer true.
        """
        self._decided_at = now
        self._balancer = Balancer(self.site)
        self.recording.begin_anew()
        for charger in taking_part(self.site):
            self._tell(charger, self._drivers[charger].config.offline_current)
        self.faults.tell_fallback()
        self.published = None
        self._tell_listeners()

    # --- for the platforms ----------------------------------------------------------

    @callback
    def async_add_listener(
        self, listener: Callable[[Published | None], None]
    ) -> CALLBACK_TYPE:
        """Call `listener` with each publication until what is returned is called.

        It is called with None when nothing that was published holds any longer.
        """
        self._listeners.add(listener)
        return partial(self._listeners.discard, listener)

    def _tell_listeners(self) -> None:
        for listener in tuple(self._listeners):
            listener(self.published)

    @callback
    def release_user_limit(self, charger: str) -> None:
        """Take back a charger that its user or its app has limited."""
        self._drivers[charger].forget_user_limit()

    # --- odds and ends --------------------------------------------------------------

    def _take_site(self, site: Site) -> None:
        """Balance this site from now on, each charger with the lag that it has shown.

        Raises SiteError where it cannot be; then all stays as it was.
        """
        chargers = (
            replace(charger, command_lag=lag)
            if (lag := self.memory.of(charger.id).lag) is not None
            else charger
            for charger in site.chargers
        )
        site = replace(site, chargers=tuple(chargers))
        self._balancer.change(site)
        self.recording.begin_anew()
        self.site = site

    def _driver_of(self, charger: ConfigSubentry) -> ChargerDriver:
        config = read_charger_config(charger.data, charger.subentry_id)
        learning = Learning(
            self.memory.of(charger.subentry_id), on_learned=self.memory.save
        )
        return ChargerDriver(self._hass, config, self._on_charger_change, learning)

    def _report_meters(self, decision: Decision) -> None:
        """Log when a meter goes, for the law or by its connection, and when it is back.

        One that has not come yet is given as long as the law gives it.
        """
        for node, error in self._meter_errors.items():
            offline = decision.nodes[node].trust is MeterTrust.OFFLINE
            name = self.entry.title
            if node in self._lost_meters:
                if error is None and not offline:
                    self._lost_meters.discard(node)
                    _LOGGER.info("The meter of %s is back", name)
            elif offline or (error is not None and node in self._samples):
                self._lost_meters.add(node)
                why = error or "none of its samples is new and can be true"
                _LOGGER.warning("The meter of %s cannot be used: %s", name, why)

    def _tell_no_fail_safe(self) -> None:
        if not is_simulated(self.entry):
            self._issues.tell_no_fail_safe()

    async def _restart(self, chargers: Iterable[str]) -> None:
        """Let the drivers of chargers that are left alone drop what they would send."""
        for charger in chargers:
            await self._drivers[charger].stop()
            await self._drivers[charger].start()

    def _cancel_turns(self) -> None:
        for handle in (self._next_turn, self._asked_turn):
            if handle is not None:
                handle.cancel()
        self._next_turn = self._asked_turn = None

    def _now(self) -> float:
        return self._hass.loop.time()


async def _gather(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all of it, whatever fails."""
    for result in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(result, Exception):
            _LOGGER.warning("A charger or meter did not follow: %r", result)
