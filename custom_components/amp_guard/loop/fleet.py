"""The fleet: the chargers of a site, read and commanded by their drivers."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from ..chargers import ChargerDriver, FailSafe, Learning, Trouble, TroubleKind
from ..const import SUBENTRY_CHARGER, AmpGuardConfigEntry
from ..model import ChargerReading, ChargerStatus, Commanded, Decision, Site
from ..site.reading import (
    connected_subentries,
    nodes_above,
    read_charger_config,
    taking_part,
)
from .charger_repairs import ChargerIssues, is_simulated, take_back_left, tell_gone
from .fail_safe_repairs import tell_no_fail_safe
from .faults import Faults, Part, do_all
from .memory import Memory
from .overload_alarm import OverloadAlarm
from .state import SiteState

RELEASE_TIMEOUT = 7.0
"""s that chargers have to take their offline limits when the loop stops; Home
Assistant gives an entry 10 s to unload."""
SAVE_TIMEOUT = 1.0
"""s that a disk has to keep what is learned, when the loop stops."""


class Fleet:
    """The chargers of one entry, by their ids: the one who keeps their drivers.

    `troubles` are what was wrong with each when a state was published last. `on_change`
    is called when a charger says something new.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        faults: Faults,
        on_change: Callable[[], None],
    ) -> None:
        """Take the chargers of an entry; listen to them from `start` on."""
        self.troubles: Mapping[str, Trouble | None] = {}
        self._hass = hass
        self._entry = entry
        self._faults = faults
        self._on_change = on_change
        self._memory = Memory(hass, entry.entry_id)
        self._chargers = [
            subentry
            for subentry in connected_subentries(entry).values()
            if subentry.subentry_type == SUBENTRY_CHARGER
        ]
        self._drivers: dict[str, ChargerDriver] = {}
        self._issues = ChargerIssues(hass, self._chargers)
        self._alarm = OverloadAlarm(hass, entry)
        self._hands_over = False
        self._told_fail_safes: Mapping[str, FailSafe] | None = None
        # A, by charger: at what those are to be left that nobody has released yet.
        self._to_leave: dict[str, float] = {}

    # --- life -----------------------------------------------------------------------

    async def load(self) -> None:
        """Remember what was learned of the chargers before a restart."""
        await self._memory.load()
        self._drivers = {
            charger.subentry_id: self._driver_of(charger) for charger in self._chargers
        }

    async def start(self) -> None:
        """Listen to the chargers."""
        self._tell_no_fail_safe()
        take_back_left(self._hass, self._chargers)
        left = {
            charger.subentry_id: self._memory.left_at(charger)
            for charger in self._entry.get_subentries_of_type(SUBENTRY_CHARGER)
        }
        tell_gone(self._hass, self._entry, left)
        await do_all(driver.start() for driver in self._drivers.values())

    async def take_up(self) -> None:
        """Take up what was changed of the chargers' settings."""
        for charger in self._chargers:
            driver = self._driver_of(charger)
            before = self._drivers[charger.subentry_id]
            if driver.config != before.config:
                await before.stop()
                self._drivers[charger.subentry_id] = driver
                await driver.start()
        self._told_fail_safes = None  # the current in its words may be another
        self._tell_no_fail_safe()

    async def let_go(self, left_at: Mapping[str, float | None]) -> None:
        """Leave chargers that are balanced no longer at A, and listen to them on.

        At their offline limits where none is named.
        """
        drivers = {charger: self._drivers[charger] for charger in left_at}
        await do_all(
            (
                driver.release(
                    driver.config.offline_current if current is None else current
                )
                for driver, current in zip(
                    drivers.values(), left_at.values(), strict=True
                )
            ),
            RELEASE_TIMEOUT,
        )
        await do_all(driver.stop() for driver in drivers.values())
        await do_all(driver.start() for driver in drivers.values())

    @callback
    def hand_over(self) -> None:
        """Let another loop take over the chargers that stay when this one stops."""
        self._hands_over = True

    async def stop(self, site: Site, left_at: Mapping[str, float]) -> None:
        """Leave each charger that was balanced at so many A, and listen no more.

        At its offline limit where none is named. What is learned is kept last: what
        cannot be written must not keep a charger at its limit.
        """
        self._issues.stop()
        self._alarm.stop()
        self._to_leave = {
            charger: left_at.get(charger, self._drivers[charger].config.offline_current)
            for charger in taking_part(site)
        }
        stay = connected_subentries(self._entry) if self._hands_over else {}
        leaving = [charger for charger in self._to_leave if charger not in stay]
        await self._release(leaving)
        await do_all(
            driver.stop()
            for charger, driver in self._drivers.items()
            if charger not in leaving
        )
        await do_all([self._memory.save_now()], SAVE_TIMEOUT)

    async def take_back(self) -> None:
        """Leave those as well after all that were handed over: nobody took them."""
        await self._release([*self._to_leave])
        await do_all([self._memory.save_now()], SAVE_TIMEOUT)

    async def _release(self, chargers: Collection[str]) -> None:
        await do_all(
            (
                self._drivers[charger].release(self._to_leave.pop(charger))
                for charger in chargers
            ),
            RELEASE_TIMEOUT,
        )
        for charger in chargers:
            self._memory.keep_left_at(charger, self._drivers[charger].left_at)

    # --- what they say --------------------------------------------------------------

    def read(self) -> dict[str, ChargerReading]:
        """Return what each charger says now; one that cannot be read is lost."""
        return {charger: self._read(charger) for charger in self._drivers}

    def commanded(self) -> dict[str, Commanded]:
        """Return what became of what each charger was commanded."""
        return {
            charger: driver.commanded() for charger, driver in self._drivers.items()
        }

    @property
    def fail_safes(self) -> dict[str, FailSafe]:
        """What each charger does when nothing is heard of Home Assistant."""
        return {charger: driver.fail_safe for charger, driver in self._drivers.items()}

    @property
    def ways(self) -> dict[str, str]:
        """In which of several ways chargers were seen to be limited."""
        return {
            charger: way
            for charger, driver in self._drivers.items()
            if (way := driver.way) is not None
        }

    def driver(self, charger: str) -> ChargerDriver | None:
        """Return who drives a charger: it has seen what a look at it does not show."""
        return self._drivers.get(charger)

    @property
    def learned(self) -> dict[str, Any]:
        """What is learned of the chargers, as it is stored."""
        return self._memory.as_dict()

    def with_learned_lags(self, site: Site) -> Site:
        """Return the site, each charger with the lag that it has shown."""
        chargers = (
            replace(charger, command_lag=lag)
            if (lag := self._memory.of(charger.id).lag) is not None
            else charger
            for charger in site.chargers
        )
        return replace(site, chargers=tuple(chargers))

    @callback
    def watch(self, state: SiteState | None) -> None:
        """Find what is wrong with each charger of a published state, and tell that."""
        if state is not None:
            self._tell_no_fail_safe()
            self.troubles = self._find_troubles(state)
            self._issues.watch(self.troubles, self._hass.loop.time())
            self._alarm.watch(state, self.troubles)

    def obeying(self, state: SiteState) -> list[str]:
        """Return the balanced chargers with which nothing is wrong now."""
        troubles = self._find_troubles(state)
        return [each for each in taking_part(state.site) if troubles[each] is None]

    def _find_troubles(self, state: SiteState) -> dict[str, Trouble | None]:
        """Return what is wrong with each charger; one that is left alone has nothing."""
        troubles: dict[str, Trouble | None] = dict.fromkeys(self._drivers)
        for charger in taking_part(state.site):
            trouble = self._drivers[charger].trouble(state.readings[charger])
            if trouble is None and charger in state.decision.not_following:
                trouble = Trouble(kind=TroubleKind.NOT_FOLLOWING)
            troubles[charger] = trouble
        return troubles

    def _read(self, charger: str) -> ChargerReading:
        try:
            reading = self._drivers[charger].read()
        except Exception as error:  # noqa: BLE001 - the others go on
            self._faults.come(Part.READING, error, charger)
            return ChargerReading(status=ChargerStatus.LOST)
        self._faults.end(Part.READING, charger)
        return reading

    # --- what they are commanded ----------------------------------------------------

    @callback
    def refresh(self, chargers: Iterable[str]) -> None:
        """Ask the integrations of these anew: what they say matters now."""
        for charger in chargers:
            self._drivers[charger].ask()

    @callback
    def hurry(self, decision: Decision, site: Site) -> None:
        """Have what did not arrive sent again soon, where a fuse is overloaded."""
        overloaded = {id_ for id_, node in decision.nodes.items() if node.overloaded}
        for charger in site.chargers if overloaded else ():
            if not overloaded.isdisjoint(nodes_above(site, charger.group)):
                heeds = charger.id not in decision.not_following
                self._drivers[charger.id].hurry(heeds=heeds)

    @callback
    def command(
        self,
        charger: str,
        current: float,
        valid_for: float | None = None,
        phases: int | None = None,
    ) -> None:
        """Command a limit (A, for so many s), and how many phases it is to use, if any.

        A slow charger delays nobody, and one that fails keeps no other from being
        commanded.
        """
        try:
            self._drivers[charger].command(current, valid_for, phases)
        except Exception as error:  # noqa: BLE001 - the others go on
            self._faults.come(Part.COMMAND, error, charger)

    @callback
    def command_offline_limits(self, site: Site) -> None:
        """Command each charger that is balanced the limit at which it is safe."""
        for charger in taking_part(site):
            self.command(charger, self._drivers[charger].config.offline_current)

    @callback
    def release_user_limit(self, charger: str) -> None:
        """Take back a charger that its user or its app has limited."""
        self._drivers[charger].release_user_limit()

    @callback
    def _take_fault(self, charger: str, error: Exception | None) -> None:
        if error is None:
            self._faults.end(Part.COMMAND, charger)
        else:
            self._faults.come(Part.COMMAND, error, charger)

    # --- odds and ends --------------------------------------------------------------

    def _driver_of(self, charger: ConfigSubentry) -> ChargerDriver:
        config = read_charger_config(charger.data, charger.subentry_id)
        learned = self._memory.of(charger.subentry_id)
        learning = Learning(
            learned, on_learned=lambda soon: self._memory.save(soon=soon)
        )
        return ChargerDriver(
            self._hass, config, self._take_change, learning, self._take_fault
        )

    @callback
    def _take_change(self, _charger: str) -> None:
        self._on_change()

    def _tell_no_fail_safe(self) -> None:
        """Tell of it where it is otherwise than it was told last: one may find out."""
        fail_safes = self.fail_safes
        if fail_safes != self._told_fail_safes and not is_simulated(self._entry):
            tell_no_fail_safe(self._hass, self._entry, fail_safes)
            self._told_fail_safes = fail_safes
