"""What an owner does and sees, for the tests of the integration."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import SUPPLY_ID, Decision, PhaseValues, Snapshot
from simulator.devices.amp_guard import AmpGuard

PATIENCE = 10
"""s of real time. Nothing here takes long; this ends what never comes."""
SERIAL = "2210012345G"
SUPPLY_INPUT = {"supply_max_current": 25, "fuse_type": "gg", "net": "tn"}
GROUP_INPUT = {
    "name": "Garage",
    "phases": "1,2,3",
    "max_current_online": 25,
    "max_current_offline": 10,
    "min_current": 6,
    "chargers_included_in_measurements": True,
}


class Decisions:
    """Every decision that was made, seen at the balancer's own door."""

    def __init__(self) -> None:
        self.made: list[Decision] = []
        self.error: Exception | None = None
        """What deciding fails with from now on."""
        self._measured_at = 0.0
        self._decided = asyncio.Event()

    def watch(self, balancer: type[Balancer]) -> type[Balancer]:
        """Return a balancer that decides as this one does, and is watched."""
        watcher = self

        class Watched(balancer):
            def decide(self, snapshot: Snapshot, now: float) -> Decision:
                if measurement := snapshot.measurements.get(SUPPLY_ID):
                    watcher._measured_at = measurement.time
                watcher._decided.set()
                if watcher.error is not None:
                    raise watcher.error
                decision = super().decide(snapshot, now)
                watcher.made.append(decision)
                return decision

        return Watched

    async def on_sample_after(self, time: float) -> None:
        """Wait until a sample that was taken at `time` or later was decided on."""
        await self._until(lambda: self._measured_at >= time)

    async def after(self, count: int) -> None:
        """Wait until more than `count` decisions were made."""
        await self._until(lambda: len(self.made) > count)

    async def _until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not reached():
                self._decided.clear()
                await self._decided.wait()


@dataclass(kw_only=True)
class Clock:
    """The event loop's time: what waits for a moment comes due when it is moved."""

    ahead: float = 0.0

    def advance(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass(kw_only=True)
class Property:
    """The property: its meter, a hand on what it measures, and on time."""

    meter: AmpGuard
    decisions: Decisions
    clock: Clock
    seconds: float = 0.0

    def draws(self, *current: float) -> None:
        """Let the meter take its next sample of these currents, A."""
        self.seconds += self.meter.settings.sample_interval
        self.meter.observe(PhaseValues(*current), self.seconds)

    async def passes(
        self, hass: HomeAssistant, seconds: int, *house: float, cars: Iterable = ()
    ) -> None:
        """Let time pass: the house draws this, each of the chargers what it may."""
        for _ in range(seconds):
            self.clock.advance(1.0)
            taken = sum(car.takes() for car in cars)
            time = asyncio.get_running_loop().time()
            self.draws(*(current + taken for current in house))
            await self.decisions.on_sample_after(time)
            await hass.async_block_till_done(wait_background_tasks=True)


async def add_meter(
    hass: HomeAssistant, meter_input: dict[str, str], group: dict | None = None
) -> ConfigEntry:
    """Walk the set-up as an owner does."""
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    for step_input in (
        {"next_step_id": "address"},
        meter_input,
        SUPPLY_INPUT,
        GROUP_INPUT | (group or {}),
    ):
        result = await flow.async_configure(result["flow_id"], step_input)
    await hass.async_block_till_done()
    return result["result"]


@dataclass(frozen=True, kw_only=True)
class PlainCharger:
    """A charger made of helpers and sensors; its car draws what it is given."""

    hass: HomeAssistant
    name: str
    commands: list[float] = field(default_factory=list)
    """A, each limit that was set, in order; 0 for each pause."""

    def helper(self, domain: str) -> str:
        """Return a helper's entity id, whatever it is called now."""
        registry = er.async_get(self.hass)
        return registry.async_get_entity_id(domain, domain, self.name)

    @property
    def limit(self) -> float:
        if self.hass.states.get(self.helper("input_boolean")).state == "off":
            return 0.0
        return float(self.hass.states.get(self.helper("input_number")).state)

    def watch(self) -> None:
        """Note each command."""

        @callback
        def note(_event: Event) -> None:
            self.commands.append(self.limit)

        helpers = [self.helper("input_number"), self.helper("input_boolean")]
        async_track_state_change_event(self.hass, helpers, note)

    def takes(self) -> float:
        """Let the car draw all that it may, up to 16 A on each phase."""
        current = min(self.limit, 16.0)
        self.says("charging" if current else "connected", current)
        return current

    def says(self, status: str, current: float = 0.0) -> None:
        """Let it report what its car does, A on each phase."""
        unit = {ATTR_UNIT_OF_MEASUREMENT: "A"}
        for phase in (1, 2, 3):
            self.hass.states.async_set(
                f"sensor.{self.name}_l{phase}", str(current), unit
            )
        self.hass.states.async_set(f"sensor.{self.name}", status)

    @property
    def entities(self) -> dict[str, str]:
        """What its owner picks."""
        return {
            "name": self.name.capitalize(),
            "limit": f"input_number.{self.name}",
            "enable": f"input_boolean.{self.name}",
            "state": f"sensor.{self.name}",
            "current_l1": f"sensor.{self.name}_l1",
            "current_l2": f"sensor.{self.name}_l2",
            "current_l3": f"sensor.{self.name}_l3",
        }


def charger_input(entry: ConfigEntry) -> dict[str, object]:
    """Return what the owner says of a charger in the first group."""
    return {
        "group": group_id(entry),
        "wiring": "1,2,3",
        "max_current": 16,
        "offline_current": 6,
        "offline_phase": "all",
        "priority": 1,
    }


async def add_charger(
    hass: HomeAssistant, entry: ConfigEntry, charger: PlainCharger, **settings: object
) -> str:
    """Add a charger as its owner does; return its subentry's id."""
    before = set(entry.subentries)
    flow = hass.config_entries.subentries
    result = await flow.async_init(
        (entry.entry_id, "charger"), context={"source": SOURCE_USER}
    )
    for step_input in (
        {"next_step_id": "entities"},
        charger.entities,
        charger_input(entry) | settings,
    ):
        result = await flow.async_configure(result["flow_id"], step_input)
    assert result["type"] == "create_entry", result.get("errors")
    await hass.async_block_till_done()
    (added,) = set(entry.subentries) - before
    return added


def group_id(entry: ConfigEntry) -> str:
    """Return the id of the first group."""
    return entry.get_subentries_of_type("group")[0].subentry_id


def entity_id(hass: HomeAssistant, platform: str, device: str, key: str) -> str:
    """Return the entity with that key of a device: a serial number or subentry id."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{device}_{key}")
    assert found, f"no {platform} {key}"
    return found


async def becomes(
    hass: HomeAssistant, entity: str, expected: Callable[[State], bool] | str
) -> State:
    """Wait until an entity's state is what is expected."""
    reached = asyncio.Event()
    wanted = expected if callable(expected) else lambda state: state.state == expected

    @callback
    def look(_event: object = None) -> None:
        state = hass.states.get(entity)
        if state is not None and wanted(state):
            reached.set()

    stop_looking = async_track_state_change_event(hass, entity, look)
    look()
    try:
        async with asyncio.timeout(PATIENCE):
            await reached.wait()
    except TimeoutError:
        pytest.fail(f"{entity} stays {hass.states.get(entity)}")
    finally:
        stop_looking()
    return hass.states.get(entity)


async def happens(hass: HomeAssistant, event_type: str) -> None:
    """Wait until an event is fired."""
    fired = asyncio.Event()

    @callback
    def note(_event: Event) -> None:
        fired.set()

    stop_listening = hass.bus.async_listen(event_type, note)
    try:
        async with asyncio.timeout(PATIENCE):
            await fired.wait()
    finally:
        stop_listening()
