"""What an owner does and sees, for the tests of the integration."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
import logging

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
import voluptuous as vol

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import SUPPLY_ID, Decision, PhaseValues, Snapshot
from simulator.devices.amp_guard import AmpGuard
from tests.clock import Clock

PATIENCE = 10
"""s of real time. Nothing here takes long; this ends what never comes."""
SERIAL = "2210012345G"
SUPPLY_INPUT = {
    "supply_max_current": 25,
    "fuse_type": "gg",
    "net": "tn",
    "generates": False,
    "load_balancer_type": "fair_share",
    "turn": 30,
}
GROUP_INPUT = {
    "name": "Garage",
    "phases": "1,2,3",
    "max_current_online": 25,
    "max_current_offline": 10,
    "min_current": 6,
    "chargers_included_in_measurements": True,
}
SOLAR_INPUT = {
    "solar_mode": "surplus",
    "battery_yields": False,
    "battery_charging_positive": False,
    "enable_delay": 1,
    "disable_delay": 2,
}
TARIFF = {
    "name": "Power",
    "preset": "own",
    "figure": 6.0,
    "window": "15",
    "peaks": 0,
    "workdays": False,
    "first_hour": 0,
    "last_hour": 24,
    "first_month": 1,
    "last_month": 12,
    "other_hours": 0,
}
OPERATOR = {
    "name": "Netz",
    "entity": "sensor.eebus_limit",
    "unbalance": 0,
    "zero": "no_limit",
    "holds": 10,
    "silence": "no_limit",
}
AT_SET_UP = {"has_groups": True, "max_current_offline": 6}
SET_UP_INPUT = SUPPLY_INPUT | AT_SET_UP
"""What is said of the supply at set-up, where groups are described in their table."""
NO_CHARGERS = {"another": False}


def groups_input(**row: object) -> dict[str, list[dict[str, object]]]:
    """Return the table of groups, filled in with one."""
    garage = {"name": "Garage", "max_current_online": 25, "max_current_offline": 10}
    return {"groups": [garage | row]}


GROUPS_INPUT = groups_input()


class Decisions:
    """Every decision that was made, seen at the balancer's own door."""

    def __init__(self) -> None:
        self.made: list[Decision] = []
        self.error: Exception | None = None
        """What deciding fails with from now on."""
        self._measured_at = 0.0
        self._decided = asyncio.Event()

    def watch(self, decide: Callable) -> Callable:
        """Return what decides as a balancer does, and is watched."""

        def watched(balancer: Balancer, snapshot: Snapshot, now: float) -> Decision:
            if measurement := snapshot.measurements.get(SUPPLY_ID):
                self._measured_at = measurement.time
            self._decided.set()
            if self.error is not None:
                raise self.error
            decision = decide(balancer, snapshot, now)
            self.made.append(decision)
            return decision

        return watched

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


def confirmed(**entered: object) -> Callable[[dict], dict | None]:
    """Return what confirms what the sensors of a meter read, where that is asked."""

    def fill_in(form: dict) -> dict | None:
        if form["step_id"] != "sensor_check":
            return None
        given = {"export_positive": False} | entered
        if "export_positive" not in form["data_schema"].schema:
            del given["export_positive"]
        return given

    return fill_in


def fold(schema: vol.Schema, values: dict) -> dict:
    """Return values as a form has them: those of a folded section within it."""
    folded = {
        str(section): {str(key) for key in content.schema.schema}
        for section, content in schema.schema.items()
        if hasattr(content, "schema")
    }
    within = {key for keys in folded.values() for key in keys}
    entered = {key: values[key] for key in values if key not in within}
    for section, keys in folded.items():
        entered[section] = {key: values[key] for key in values if key in keys}
    return entered


async def start_flow(hass: HomeAssistant) -> dict:
    """Begin to add the integration."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


async def start_subentry(
    hass: HomeAssistant, entry: ConfigEntry, kind: str, subentry: str | None = None
) -> dict:
    """Begin to add something below an entry, or to change what is there."""
    context = {"source": SOURCE_USER}
    if subentry is not None:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry}
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context=context
    )


async def go_on(
    hass: HomeAssistant, result: dict, *inputs: dict | str | Callable
) -> dict:
    """Fill in one form after the other, or choose (by name) from a menu.

    What is filled in may depend on the form: None where it is none to be filled in.
    """
    for given in inputs:
        if callable(given) and (given := given(result)) is None:
            continue
        manager = hass.config_entries.flow
        if isinstance(result["handler"], tuple):
            manager = hass.config_entries.subentries
        elif hass.config_entries.async_get_entry(result["handler"]):
            manager = hass.config_entries.options
        if isinstance(given, str):
            given = {"next_step_id": given}
        elif result.get("data_schema") is not None:
            given = fold(result["data_schema"], given)
        result = await manager.async_configure(result["flow_id"], given)
    return result


async def add_meter(
    hass: HomeAssistant, meter_input: dict[str, str], group: dict | None = None
) -> ConfigEntry:
    """Walk the set-up as an owner does."""
    result = await go_on(
        hass,
        await start_flow(hass),
        "address",
        meter_input,
        SET_UP_INPUT,
        groups_input(**(group or {})),
        NO_CHARGERS,
        {"active": True},
    )
    assert result["type"] == "create_entry", result.get("errors")
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


def recognised_charger(
    hass: HomeAssistant,
    name: str,
    *,
    reachable: bool = True,
    switches_phases: bool = False,
) -> str:
    """Have a Peblar that charges with 10 A in Home Assistant; return its unique id."""
    switchable = (("switch", "force_single_phase", "off", {}),)
    [entry] = hass.config_entries.async_entries("peblar") or [
        MockConfigEntry(domain="peblar")
    ]
    if hass.config_entries.async_get_entry(entry.entry_id) is None:
        entry.add_to_hass(hass)
    if not hass.services.has_service("number", "set_value"):
        async_mock_service(hass, "number", "set_value")
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("peblar", name)}, name=name
    )
    amperes = {ATTR_UNIT_OF_MEASUREMENT: "A"}
    for platform, key, state, attributes in (
        ("number", "charge_current_limit", "16", {"min": 6, "max": 16} | amperes),
        ("switch", "charge", "on", {}),
        ("sensor", "cp_state", "charging", {}),
        ("sensor", "current_phase_1", "10", amperes),
        ("sensor", "current_phase_2", "0", amperes),
        ("sensor", "current_phase_3", "0", amperes),
        *(switchable if switches_phases else ()),
    ):
        entity = er.async_get(hass).async_get_or_create(
            platform,
            "peblar",
            f"{name}_{key}",
            config_entry=entry,
            device_id=device.id,
            translation_key=key,
        )
        shown = state if reachable else STATE_UNAVAILABLE
        hass.states.async_set(entity.entity_id, shown, attributes)
    return f"{device.id}_1"


def charger_input(name: str | None = None) -> dict[str, object]:
    """Return what the owner says of a charger in the only group.

    The `name` is asked of one that is recognised.
    """
    return ({} if name is None else {"name": name}) | {
        "wiring": "1,2,3",
        "max_current": 16,
        "offline_current": 6,
        "offline_phase": "all",
        "priority": 1,
    }


def charger_table(*rows: dict[str, object]) -> dict[str, object]:
    """Return what the owner says of several chargers: the same of all, and their rows."""
    same = {key: value for key, value in charger_input().items() if "phase" not in key}
    return same | {"chargers": list(rows)}


async def add_charger(
    hass: HomeAssistant, entry: ConfigEntry, charger: PlainCharger, **settings: object
) -> str:
    """Add a charger as its owner does; return its subentry's id."""
    before = set(entry.subentries)
    result = await go_on(
        hass,
        await start_subentry(hass, entry, "charger"),
        "entities",
        charger.entities,
        charger_input() | settings,
        "save",
    )
    assert result["type"] == "create_entry", result.get("errors") or result
    await hass.async_block_till_done()
    (added,) = set(entry.subentries) - before
    return added


async def add_group(hass: HomeAssistant, entry: ConfigEntry, **settings: object) -> str:
    """Add a group as its owner does; return its subentry's id."""
    result = await start_subentry(hass, entry, "group")
    result = await go_on(hass, result, GROUP_INPUT | {"parent": SUPPLY_ID} | settings)
    assert result["type"] == "create_entry", result.get("errors")
    await hass.async_block_till_done()
    return entry.get_subentries_of_type("group")[-1].subentry_id


def group_id(entry: ConfigEntry) -> str:
    """Return the id of the first group."""
    return entry.get_subentries_of_type("group")[0].subentry_id


async def add_solar(hass: HomeAssistant, entry: ConfigEntry, **entered: object) -> str:
    """Add solar charging as an owner does; return its subentry's id."""
    result = await start_subentry(hass, entry, "solar")
    result = await go_on(hass, result, SOLAR_INPUT | entered)
    assert result["type"] == "create_entry", result.get("errors")
    await hass.async_block_till_done()
    [solar] = entry.get_subentries_of_type("solar")
    return solar.subentry_id


async def add_plan(
    hass: HomeAssistant, entry: ConfigEntry, kind: str, given: dict[str, object]
) -> str:
    """Add a tariff or the grid's operator as an owner does; return its subentry's id."""
    before = set(entry.subentries)
    result = await go_on(hass, await start_subentry(hass, entry, kind), given)
    assert result["type"] == "create_entry", result.get("errors")
    await hass.async_block_till_done()
    [added] = set(entry.subentries) - before
    return added


def entity_id(hass: HomeAssistant, platform: str, device: str, key: str) -> str:
    """Return the entity with that key of a device: a serial number or subentry id."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{device}_{key}")
    assert found, f"no {platform} {key}"
    return found


def device_id(hass: HomeAssistant, entry: ConfigEntry, target: str) -> str:
    """Return the id of the device with a serial number, or of a subentry."""
    registry = dr.async_get(hass)
    found = registry.async_get_device_by_identifier((DOMAIN, target), entry.entry_id)
    assert found, f"no device {target}"
    return found.id


async def enable_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Enable every entity of an entry, as an owner may."""
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_entity(entity.entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def hastened[T](clock: Clock, work: Coroutine[object, object, T]) -> T:
    """Do what waits for others in vain, while time is made to pass.

    Chargers of the simulated home are gone with its entry before they can be released,
    which is tried for some seconds.
    """
    doing = asyncio.ensure_future(work)
    while not doing.done():
        clock.advance(0.5)
        await asyncio.wait({doing}, timeout=0.02)
    return doing.result()


def log_levels(caplog: pytest.LogCaptureFixture) -> list[int]:
    """Return the levels of what an owner reads of this integration in the log."""
    return [
        record.levelno
        for record in caplog.records
        if record.name.startswith("custom_components.amp_guard")
        and record.levelno >= logging.INFO
    ]


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
