"""What sensors say is as old as the oldest of them, and load is never export."""

import asyncio
from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.amp_guard.meters import MeterSample
from custom_components.amp_guard.model import SUPPLY_ID, MeterTrust, Phase

from .helpers import (
    GROUPS_INPUT,
    NO_CHARGERS,
    SET_UP_INPUT,
    SUPPLY_INPUT,
    Clock,
    Decisions,
    PlainCharger,
    add_charger,
    confirmed,
    go_on,
    start_flow,
)
from .test_meter_repairs import told

UNITS = {"current": "A", "voltage": "V", "power": "W", "energy": "kWh"}
CURRENTS = ("current_l1", "current_l2", "current_l3")
TOTALS = ("total_power", "total_power_export")


class Meter:
    """A supply measured by sensors that are picked by hand."""

    def __init__(self, hass: HomeAssistant, clock: Clock, decisions: Decisions) -> None:
        self.hass = hass
        self.clock = clock
        self.decisions = decisions
        self.entry: ConfigEntry | None = None
        self.sensors: dict[str, str] = {}

    def says(self, **values: float | str) -> None:
        """Let sensors, by role, be written; `energy` ones are nobody's role."""
        for role, value in values.items():
            unit = next(unit for kind, unit in UNITS.items() if kind in role)
            entity_id = self.sensors.setdefault(role, f"sensor.{role}")
            self.hass.states.async_set(
                entity_id, str(value), {ATTR_UNIT_OF_MEASUREMENT: unit}
            )

    def telegram(self, *currents: float, **totals: float) -> None:
        self.says(**dict(zip(CURRENTS, currents, strict=True)), **totals)

    async def add(self, *, export_positive: bool = False, **supply: object) -> None:
        picked = {r: id_ for r, id_ in self.sensors.items() if "energy" not in r}
        result = await go_on(
            self.hass,
            await start_flow(self.hass),
            "sensors",
            {"name": "Main"} | picked,
            confirmed(export_positive=export_positive),
            SET_UP_INPUT | supply,
            GROUPS_INPUT,
            NO_CHARGERS,
            {"active": True},
        )
        assert result["type"] == "create_entry", result
        await self.hass.async_block_till_done()
        self.entry = result["result"]

    async def passes(self, seconds: float, say: Callable[[], None]) -> None:
        """Let time pass, then something be said, and taken."""
        self.clock.advance(seconds)
        say()
        self.clock.advance(0.3)
        due = asyncio.Event()  # after all else that is
        self.hass.loop.call_later(0, due.set)
        await due.wait()
        await self.hass.async_block_till_done(wait_background_tasks=True)

    @property
    def sample(self) -> MeterSample:
        return self.entry.runtime_data.meters.samples[SUPPLY_ID]

    @property
    def trust(self) -> MeterTrust:
        return self.decisions.made[-1].nodes[SUPPLY_ID].trust


@pytest.fixture
def meter(hass: HomeAssistant, clock: Clock, decisions: Decisions) -> Meter:
    return Meter(hass, clock, decisions)


def register(
    hass: HomeAssistant,
    meter: Meter,
    integration: str,
    *roles: str,
    device_id: str | None = None,
) -> None:
    """Let an integration bring sensors on a device, a new one or another's."""
    entry = next(iter(hass.config_entries.async_entries(integration)), None)
    if entry is None:
        entry = MockConfigEntry(domain=integration)
        entry.add_to_hass(hass)
    if device_id is None:
        device_id = (
            dr.async_get(hass)
            .async_get_or_create(
                config_entry_id=entry.entry_id, identifiers={(integration, roles[0])}
            )
            .id
        )
    for role in roles:
        meter.sensors[role] = (
            er.async_get(hass)
            .async_get_or_create(
                "sensor",
                integration,
                role,
                config_entry=entry,
                device_id=device_id,
                original_device_class=role.split("_", maxsplit=1)[0],
            )
            .entity_id
        )


# --- how old it is --------------------------------------------------------------------


@pytest.fixture
async def clamps(hass: HomeAssistant, meter: Meter) -> Meter:
    """Three clamps, each a device of its own."""
    for phase in (1, 2, 3):
        register(hass, meter, "zha", f"current_l{phase}", f"energy_l{phase}")
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add()
    return meter


async def test_sensors_that_only_copy_others_are_off(
    hass: HomeAssistant, meter: Meter
) -> None:
    meter.telegram(5.0, 4.0, 3.0)
    await meter.add()
    registry = er.async_get(hass)
    ours = er.async_entries_for_config_entry(registry, meter.entry.entry_id)
    copies = [
        each for each in ours if each.translation_key in ("current", "voltage", "power")
    ]
    assert len(copies) >= len(CURRENTS)
    assert all(each.disabled for each in copies)


async def test_a_dashboard_is_told_of_the_sensors_in_their_place(
    hass: HomeAssistant, meter: Meter, hass_ws_client: WebSocketGenerator
) -> None:
    meter.telegram(1.0, 2.0, 3.0)
    await meter.add()
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "amp_guard/subscribe"})
    await client.receive_json()
    [site] = (await client.receive_json())["event"]["sites"].values()
    shown = site["supply"]["entities"]
    assert [shown[role] for role in CURRENTS] == [f"sensor.{role}" for role in CURRENTS]
    assert hass.states.get(shown["main_fuse"]).state == "25.0"


async def test_clamps_that_speak_one_after_the_other_are_one_sample(
    hass: HomeAssistant, clock: Clock, clamps: Meter
) -> None:
    clock.advance(1.0)
    now = hass.loop.time()
    clamps.says(current_l1=6.0)
    clock.advance(0.1)
    clamps.says(current_l2=6.0)
    clock.advance(0.1)
    clamps.says(current_l3=6.0)
    assert clamps.sample.current == (6.0, 6.0, 6.0)
    assert clamps.sample.time == pytest.approx(now, abs=0.05)


async def test_clamps_at_moments_of_their_own_are_followed_each(clamps: Meter) -> None:
    """Each 10 s, the one 3 s after the other."""
    times = []
    for count in range(40):
        for phase, pause in ((1, 3.7), (2, 2.7), (3, 2.7)):
            amps = 5.0 + count % 7
            await clamps.passes(
                pause, lambda p=phase, a=amps: clamps.says(**{f"current_l{p}": a})
            )
            assert clamps.sample.current[phase - 1] == amps
            times.append(clamps.sample.time)
            assert clamps.trust in (MeterTrust.ONLINE, MeterTrust.STARTING)
    assert clamps.trust is MeterTrust.ONLINE
    # The law drops what is not newer than what it has.
    assert times == sorted(set(times))


async def test_a_phase_that_says_nothing_any_more_makes_the_meter_stale(
    hass: HomeAssistant, clamps: Meter, chargers: dict[str, PlainCharger]
) -> None:
    """The battery of a clamp is empty: L2 may be overloaded, nobody knows."""
    left = chargers["left"]
    await add_charger(hass, clamps.entry, left)

    async def second(amps: float, *phases: int) -> None:
        said = {f"current_l{phase}": amps for phase in phases}
        await clamps.passes(0.7, lambda: clamps.says(**said))

    for count in range(60):
        await second(5.0 + count % 2 + left.takes(), 1, 2, 3)
    assert clamps.trust is MeterTrust.ONLINE
    assert left.limit == 16.0

    silent_since = clamps.sample.time
    for count in range(10):
        await second(5.0 + count % 2 + left.takes(), 1, 3)
    # What the others tell counts at once, however old L2 is.
    await second(12.0 + left.takes(), 1, 3)
    assert left.limit < 16.0
    assert clamps.sample.time - silent_since < 1.0
    for count in range(6):
        await second(5.0 + count % 2, 1, 3)
    assert clamps.trust is MeterTrust.STALE
    for count in range(16):
        await second(5.0 + count % 2, 1, 3)
    assert clamps.trust is MeterTrust.OFFLINE

    for count in range(4):
        await second(5.0 + count % 2, 1, 2, 3)
    assert clamps.trust is MeterTrust.ONLINE


async def test_only_its_own_device_speaks_for_a_quiet_phase(
    hass: HomeAssistant, clamps: Meter
) -> None:
    """A house at night: nothing changes but what is counted."""
    for count in range(12):
        counted = {f"energy_l{phase}": float(count) for phase in (1, 2, 3)}
        await clamps.passes(4.7, lambda said=counted: clamps.says(**said))
    assert clamps.trust is MeterTrust.ONLINE
    for count in range(12):
        counted = {f"energy_l{phase}": 20.0 + count for phase in (1, 3)}
        await clamps.passes(4.7, lambda said=counted: clamps.says(**said))
    assert clamps.trust is MeterTrust.OFFLINE


@pytest.fixture
async def device(hass: HomeAssistant, meter: Meter) -> Meter:
    """One device with all phases, and a counter."""
    register(hass, meter, "homewizard", *CURRENTS, "energy_import")
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add()
    return meter


async def test_a_phase_that_does_not_change_is_as_old_as_its_device(
    hass: HomeAssistant, device: Meter
) -> None:
    for count in range(40):
        await device.passes(0.7, lambda a=5.0 + count % 2: device.says(current_l1=a))
        assert hass.loop.time() - device.sample.time < 1.0
    assert device.trust is MeterTrust.ONLINE


async def test_a_sensor_that_is_new_or_enabled_later_is_a_heartbeat_too(
    hass: HomeAssistant, device: Meter
) -> None:
    registry = er.async_get(hass)
    p1 = registry.async_get(device.sensors["current_l1"]).device_id

    async def goes_on(role: str) -> None:
        for count in range(8):
            await device.passes(4.7, lambda c=count: device.says(**{role: float(c)}))

    for count in range(5):
        await device.passes(9.7, lambda a=5.0 + count: device.telegram(a, a, a))
    register(hass, device, "homewizard", "energy_export", device_id=p1)
    await goes_on("energy_export")
    assert device.trust is MeterTrust.ONLINE

    export = device.sensors["energy_export"]
    registry.async_update_entity(export, disabled_by=er.RegistryEntryDisabler.USER)
    await goes_on("energy_export")
    assert device.trust is MeterTrust.OFFLINE
    registry.async_update_entity(export, disabled_by=None)
    await goes_on("energy_export")
    assert device.sample.time == pytest.approx(hass.loop.time(), abs=1.0)


async def test_a_helper_on_the_meters_device_is_no_heartbeat(
    hass: HomeAssistant, device: Meter
) -> None:
    """A Riemann sum with a "max sub-interval" goes on when its source is dead."""
    p1 = er.async_get(hass).async_get(device.sensors["current_l1"]).device_id
    register(hass, device, "integration", "energy_of_a_helper", device_id=p1)
    for count in range(5):
        await device.passes(9.7, lambda a=5.0 + count: device.telegram(a, a, a))
    assert device.trust is MeterTrust.ONLINE
    for count in range(6):
        await device.passes(
            9.7, lambda c=count: device.says(energy_of_a_helper=float(c))
        )
    assert device.trust is MeterTrust.OFFLINE


async def test_what_becomes_unavailable_is_no_heartbeat(
    hass: HomeAssistant, device: Meter
) -> None:
    device.says(energy_import=1.0)
    await device.passes(1.0, lambda: device.telegram(6.0, 6.0, 6.0))
    taken = device.sample.time
    await device.passes(20.0, lambda: device.says(energy_import=STATE_UNAVAILABLE))
    assert device.sample.time == taken
    await device.passes(1.0, lambda: device.says(energy_import=2.0))
    assert device.sample.time > taken


# --- what has no device ---------------------------------------------------------------


async def ten_minutes(meter: Meter, *phases: int) -> None:
    """Let some phases be written each 4 s, each time with another figure."""
    for count in range(150):
        said = {f"current_l{n}": 5.0 + n + count % 2 for n in phases}
        await meter.passes(3.7, lambda s=said: meter.says(**s))


async def test_a_constant_phase_of_template_helpers_is_no_dead_meter(
    meter: Meter,
) -> None:
    """ffunes/Omnibattery#451: Home Assistant does not write an equal result."""
    meter.telegram(5.0, 5.0, 0.0)
    await meter.add()
    await ten_minutes(meter, 1, 2)
    assert meter.trust is MeterTrust.ONLINE
    assert meter.sample.current.l3 == 0.0
    # But the set as a whole may be dead.
    for _ in range(15):
        await meter.passes(3.7, lambda: None)
    assert meter.trust is MeterTrust.OFFLINE


async def test_a_phase_that_varied_is_not_spoken_for_for_ever(meter: Meter) -> None:
    """Of three helpers that read three clamps, one goes on at its last figure."""
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add()
    await ten_minutes(meter, 1, 2, 3)
    await ten_minutes(meter, 1, 3)
    assert meter.trust is MeterTrust.ONLINE
    meter.clock.advance(24 * 3600.0)
    await ten_minutes(meter, 1, 3)
    assert meter.trust is MeterTrust.OFFLINE
    await ten_minutes(meter, 1, 2, 3)
    assert meter.trust is MeterTrust.ONLINE


async def test_the_rest_of_the_set_shows_its_life(meter: Meter) -> None:
    meter.telegram(5.0, 5.0, 5.0, total_power=3450.0)
    await meter.add()
    for count in range(60):
        await meter.passes(4.7, lambda c=count: meter.says(total_power=3450.0 + c % 2))
    assert meter.trust is MeterTrust.ONLINE


async def test_helpers_of_several_integrations_speak_for_themselves(
    hass: HomeAssistant, meter: Meter
) -> None:
    """What has no device shows life for what its own integration brings alone."""
    registry = er.async_get(hass)
    for integration, phase in (("template", 1), ("template", 2), ("rest", 3)):
        meter.sensors[f"current_l{phase}"] = registry.async_get_or_create(
            "sensor", integration, f"l{phase}"
        ).entity_id
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add()
    await ten_minutes(meter, 1, 3)
    assert meter.trust is MeterTrust.ONLINE
    await ten_minutes(meter, 1, 2)
    assert meter.trust is MeterTrust.OFFLINE


@pytest.mark.parametrize("late", [False, True])
async def test_helpers_in_yaml_speak_for_those_of_their_kind(
    hass: HomeAssistant, meter: Meter, *, late: bool
) -> None:
    """What is not registered at all is still brought by an integration.

    Also where that is set up after the meter, as at a start of Home Assistant.
    """

    def raw(**values: float) -> None:
        for name, value in values.items():
            hass.states.async_set(
                f"sensor.{name}", str(value), {ATTR_UNIT_OF_MEASUREMENT: "A"}
            )

    raw(raw_1=5.0, raw_2=5.0, raw_3=5.0)
    templates = [
        {
            "name": f"l{n}",
            "state": f"{{{{ states('sensor.raw_{n}') }}}}",
            "unit_of_measurement": "A",
        }
        for n in (1, 2)
    ]
    highest = {"platform": "min_max", "name": "l3", "type": "max"}

    async def set_up_helpers() -> None:
        if not late:  # the platform of sensors is set up once
            config = {"sensor": [highest | {"entity_ids": ["sensor.raw_3"]}]}
            assert await async_setup_component(hass, "sensor", config)
        config = {"template": [{"sensor": templates}]}
        assert await async_setup_component(hass, "template", config)
        await hass.async_block_till_done()

    meter.sensors = {f"current_l{n}": f"sensor.l{n}" for n in (1, 2, 3)}
    if late:
        meter.telegram(5.0, 5.0, 5.0)
        await meter.add()
        for n in (1, 2):
            hass.states.async_remove(f"sensor.l{n}")
        await set_up_helpers()
    else:
        await set_up_helpers()
        await meter.add()

    async def go_on(*phases: int) -> None:
        for count in range(150):
            said = {f"raw_{n}": 5.0 + count % 2 for n in phases}
            if late and 3 in phases:
                said["l3"] = said["raw_3"]
            await meter.passes(3.7, lambda s=said: raw(**s))

    await go_on(1, 3)  # L2 is constant
    assert meter.trust is MeterTrust.ONLINE
    assert meter.sample.current.l2 == 5.0
    await go_on(1, 2)
    assert meter.trust is MeterTrust.OFFLINE


async def test_a_phase_of_a_device_is_not_spoken_for_by_helpers(
    hass: HomeAssistant, meter: Meter
) -> None:
    """The clamp of L2 is dead, all of it; L1 and L3 are helpers and live."""
    register(hass, meter, "zha", "current_l2", "energy_l2")
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add()
    await ten_minutes(meter, 1, 3)
    assert meter.trust is MeterTrust.OFFLINE


@pytest.fixture
async def helpers_of_clamps(hass: HomeAssistant, meter: Meter) -> dict[str, str]:
    """Template helpers, as they are made in the frontend, of three clamps."""
    clamps = Meter(hass, meter.clock, meter.decisions)
    for n in (1, 2, 3):
        register(hass, clamps, "zha", f"current_of_clamp_{n}", f"energy_of_clamp_{n}")
        raw = clamps.sensors[f"current_of_clamp_{n}"]
        helper = MockConfigEntry(
            domain="template", options={"state": f"{{{{ states('{raw}') }}}}"}
        )
        helper.add_to_hass(hass)
        meter.sensors[f"current_l{n}"] = (
            er.async_get(hass)
            .async_get_or_create(
                "sensor", "template", helper.entry_id, config_entry=helper
            )
            .entity_id
        )
    clamps.says(**{f"current_of_clamp_{n}": 5.0 for n in (1, 2, 3)})
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add()
    return clamps.sensors


async def test_a_helper_is_as_old_as_what_it_is_made_of(
    hass: HomeAssistant, meter: Meter, helpers_of_clamps: dict[str, str]
) -> None:
    """Two helpers of living clamps do not speak for one of a dead clamp."""

    def say(clamp: int, value: float) -> None:
        hass.states.async_set(
            helpers_of_clamps[f"current_of_clamp_{clamp}"],
            str(value),
            {ATTR_UNIT_OF_MEASUREMENT: "A"},
        )

    async def go_on_for(rounds: int, *alive: int) -> None:
        for count in range(rounds):

            def says(count: int = count) -> None:
                for clamp in alive:  # that of L3 never shows another current
                    say(clamp, 5.0 if clamp == 3 else 5.0 + count % 2)
                meter.says(current_l1=5.0 + count % 2)

            await meter.passes(3.7, says)

    await go_on_for(40, 1, 2, 3)
    assert meter.trust is MeterTrust.ONLINE
    # That of L2 is dead; its helper would not know, and goes on by itself.
    for count in range(15):
        await meter.passes(0.1, lambda c=count: meter.says(current_l2=5.0 + c % 2))
        await go_on_for(1, 1, 3)
    assert meter.trust is MeterTrust.OFFLINE


@pytest.mark.parametrize("entity", ["sensor.last_telegram", "event.telegram"])
async def test_a_heartbeat_that_was_picked_speaks_for_all(
    hass: HomeAssistant, meter: Meter, entity: str
) -> None:
    meter.telegram(5.0, 5.0, 5.0)
    hass.states.async_set(entity, "0")
    meter.sensors["heartbeat"] = entity
    await meter.add()
    for count in range(40):
        await meter.passes(4.7, lambda c=count: hass.states.async_set(entity, str(c)))
    assert meter.trust is MeterTrust.ONLINE
    # The same said again is life as well; being unavailable is none.
    for _ in range(20):
        await meter.passes(4.7, lambda: hass.states.async_set(entity, "40"))
    assert meter.trust is MeterTrust.ONLINE
    for count in range(20):
        state = STATE_UNAVAILABLE if count % 2 else "unknown"
        await meter.passes(4.7, lambda s=state: hass.states.async_set(entity, s))
    assert meter.trust is MeterTrust.OFFLINE


async def test_a_renamed_heartbeat_is_followed(
    hass: HomeAssistant, meter: Meter
) -> None:
    registry = er.async_get(hass)
    beat = registry.async_get_or_create("sensor", "mqtt", "beat").entity_id
    hass.states.async_set(beat, "0")
    meter.telegram(5.0, 5.0, 5.0)
    meter.sensors["heartbeat"] = beat
    await meter.add()
    registry.async_update_entity(beat, new_entity_id="sensor.pulse")
    await hass.async_block_till_done()
    for count in range(40):
        await meter.passes(
            4.7, lambda c=count: hass.states.async_set("sensor.pulse", str(c))
        )
    assert meter.trust is MeterTrust.ONLINE


# --- a line of an IT net that is not read ---------------------------------------------


@pytest.mark.parametrize("net", ["it", "tn"])
@pytest.mark.parametrize("lost", ["unknown", STATE_UNAVAILABLE, "nan", None])
async def test_a_line_that_is_lost_silences_a_tn_net_alone(
    hass: HomeAssistant, meter: Meter, net: str, lost: str | None
) -> None:
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add(net=net)
    await ten_minutes(meter, 1, 2, 3)
    assert meter.sample.connected == tuple(Phase)

    if lost is None:
        hass.states.async_remove("sensor.current_l2")
    else:
        meter.says(current_l2=lost)
    await ten_minutes(meter, 1, 3)
    if net == "tn":
        assert meter.trust is MeterTrust.OFFLINE
    else:
        assert meter.sample.connected == (Phase.L1, Phase.L3)
        measurement = meter.entry.runtime_data.meters.measurements[SUPPLY_ID]
        assert measurement.measured == (Phase.L1, Phase.L3)
        assert told(hass) == {"L2": "phase_not_sent"}
    # Two are too few in any net.
    meter.says(current_l3="unknown")
    await ten_minutes(meter, 1)
    assert meter.trust is MeterTrust.OFFLINE
    await ten_minutes(meter, 1, 2, 3)
    assert meter.trust is MeterTrust.ONLINE
    assert meter.sample.connected == tuple(Phase)
    assert told(hass) == {}


async def test_the_age_of_a_line_that_is_left_out_counts_nothing(
    hass: HomeAssistant, meter: Meter
) -> None:
    """Three clamps, each a device; that of L2 is gone."""
    for phase in (1, 2, 3):
        register(hass, meter, "zha", f"current_l{phase}")
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add(net="it")
    meter.says(current_l2=STATE_UNAVAILABLE)
    await ten_minutes(meter, 1, 3)
    assert meter.trust is MeterTrust.ONLINE
    assert hass.loop.time() - meter.sample.time < 1.0


# --- in which direction ---------------------------------------------------------------


async def test_a_property_that_exports_tells_on_which_phase(meter: Meter) -> None:
    meter.telegram(1.0, 1.0, 1.0, total_power=690.0)
    await meter.add()
    await meter.passes(
        1.0, lambda: meter.telegram(12.0, 3.0, 2.0, total_power=-7 * 230.0)
    )
    assert meter.sample.current == (-12.0, 3.0, 2.0)


@pytest.mark.parametrize(
    ("net", "currents", "watts"),
    [
        # IT, 230 V: 10 A between L1 and L2, 5 A between L3 and L1. No solar anywhere.
        ("it", (13.2, 10.0, 5.0), 15 * 230.0),
        # IT: what a phase shows is no one load's.
        ("it", (12.0, 3.0, 2.0), -7 * 230.0),
        # TN: a welder on 400 V between L1 and L2 (16 A, cos phi 0.7), 3 A on L3.
        ("tn", (16.0, 16.0, 3.0), 16 * 400.0 * 0.7 + 3 * 230.0),
    ],
)
async def test_load_is_never_read_as_export(
    meter: Meter, net: str, currents: tuple[float, float, float], watts: float
) -> None:
    meter.telegram(1.0, 1.0, 1.0, total_power=690.0)
    await meter.add(net=net)
    await meter.passes(1.0, lambda: meter.telegram(*currents, total_power=watts))
    assert meter.sample.current == currents


async def test_another_net_counts_at_once(hass: HomeAssistant, meter: Meter) -> None:
    meter.telegram(1.0, 1.0, 1.0, total_power=690.0)
    await meter.add()

    def exports() -> None:
        meter.telegram(12.0, 3.0, 2.0, total_power=-7 * 230.0)

    for net, l1 in (("it", 12.0), ("tn", -12.0)):
        options = await hass.config_entries.options.async_init(meter.entry.entry_id)
        await go_on(hass, options, SUPPLY_INPUT | {"net": net})
        await hass.async_block_till_done()
        await meter.passes(1.0, exports)
        assert meter.sample.current.l1 == l1


async def test_a_total_of_another_telegram_makes_no_export(meter: Meter) -> None:
    """As Tibber has it: power each 2 s, currents each 10 s."""
    meter.telegram(12.0, 10.0, 3.0, total_power=25 * 230.0)
    await meter.add()
    await meter.passes(
        1.0, lambda: meter.telegram(12.0, 10.0, 3.0, total_power=25 * 230.0)
    )
    taken = meter.sample
    # 25 A of load are switched off and the sun comes out: the currents tell later.
    await meter.passes(2.0, lambda: meter.says(total_power=-20 * 230.0))
    assert meter.sample == taken
    # Not even when it speaks for quiet phases, or one of them for itself.
    await meter.passes(20.0, lambda: meter.says(total_power=-21 * 230.0))
    await meter.passes(
        1.0, lambda: meter.says(current_l2=11.0, total_power=-22 * 230.0)
    )
    assert meter.sample.current == (12.0, 11.0, 3.0)


@pytest.mark.parametrize(
    ("currents", "stale"),
    [((20.0, 5.0, 5.0), 4000.0), ((10.0, 10.0, 10.0), 13800.0)],
)
async def test_production_of_a_while_ago_makes_no_export(
    meter: Meter, currents: tuple[float, float, float], stale: float
) -> None:
    """Tibber's integration goes on to show what was produced last.

    home-assistant/core#104070: "The integration shows the last received (non None)
    value".
    """
    meter.telegram(1.0, 1.0, 1.0, total_power=690.0, total_power_export=0.0)
    await meter.add()
    amps = stale / 690.0
    await meter.passes(
        1.0,
        lambda: meter.telegram(
            amps, amps, amps, total_power=0.0, total_power_export=stale
        ),
    )
    assert max(meter.sample.current) < 0.0
    watts = sum(currents) * 230.0
    for _ in range(3):
        await meter.passes(1.0, lambda: meter.telegram(*currents, total_power=watts))
        assert meter.sample.current == currents


async def test_a_phases_export_of_a_while_ago_is_none(meter: Meter) -> None:
    powers = {f"power_l{phase}": 2300.0 for phase in (1, 2, 3)}
    exports = {f"power_export_l{phase}": 4600.0 for phase in (1, 2, 3)}
    meter.says(**powers, **exports)
    await meter.add()
    await meter.passes(1.0, lambda: meter.says(**powers, **exports))
    assert meter.sample.current == pytest.approx((10.0, 10.0, 10.0))
    await meter.passes(1.0, lambda: meter.says(power_l1=0.0))
    assert meter.sample.current == pytest.approx((-20.0, 10.0, 10.0))


async def test_currents_that_are_negative_for_load_are_turned_where_it_is_said(
    meter: Meter,
) -> None:
    meter.telegram(5.0, 5.0, 5.0)
    await meter.add(export_positive=True)
    # They may have no sign at all.
    await meter.passes(1.0, lambda: meter.telegram(6.0, 7.0, 8.0))
    assert meter.sample.current == (6.0, 7.0, 8.0)
    await meter.passes(1.0, lambda: meter.telegram(-6.0, 7.0, -8.0))
    assert meter.sample.current == (6.0, 7.0, 8.0)
    # Those of L1 and L3 have: what is positive there is exported.
    await meter.passes(1.0, lambda: meter.telegram(6.0, 7.0, -8.0))
    assert meter.sample.current == (-6.0, 7.0, 8.0)


async def test_what_is_said_of_power_is_not_said_of_currents(meter: Meter) -> None:
    meter.telegram(5.0, 5.0, 5.0, total_power=-15 * 230.0)
    await meter.add(export_positive=True)
    for currents in ((-6.0, 7.0, 8.0), (6.0, 7.0, 8.0)):
        await meter.passes(
            1.0, lambda c=currents: meter.telegram(*c, total_power=-21 * 230.0)
        )
        assert meter.sample.current == (6.0, 7.0, 8.0)


async def test_currents_without_sign_accuse_nobody(
    hass: HomeAssistant, meter: Meter, chargers: dict[str, PlainCharger]
) -> None:
    """A Tibber Pulse: currents without sign, and a total power; solar on L1."""
    meter.telegram(1.0, 1.0, 1.0, total_power=690.0)
    await meter.add()
    left = chargers["left"]
    await add_charger(hass, meter.entry, left, wiring="1")
    # In the morning once the direction is beyond doubt.
    await meter.passes(
        1.0, lambda: meter.telegram(12.0, 3.0, 2.0, total_power=-7 * 230.0)
    )
    assert meter.sample.current.l1 == -12.0
    # At noon L1 exports 15 A, the others take as much: the total tells nothing.
    for amps in (0.0, 8.0, 0.0, 8.0, 0.0):
        left.says("charging" if amps else "connected", amps)
        for second in range(65):
            more = 0.1 * (second % 2)
            await meter.passes(
                0.7,
                lambda a=amps, m=more: meter.telegram(
                    15.0 - a, 7.0 + m, 8.0, total_power=(a + m) * 230.0
                ),
            )
    assert told(hass) == {}
