"""Days, reloads, and many chargers; run by scripts/endurance, each prints its figures."""

import asyncio
from collections.abc import Callable
from statistics import median
import sys
from time import perf_counter, process_time, thread_time
import tracemalloc

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

from custom_components.amp_guard.loop.cycle import Cycle
from demo.places import site_addresses
from simulator.charger import ChargerModel
from simulator.devices.peblar import Peblar

from .left_over import look
from .property import Property

HOUR = 3600
WARM = 6
"""h after which memory is to be flat: the last quarter of an hour is kept by then."""
MOST_GROWTH = 1.0
"""MB after that."""
WARM_RELOADS = 20
MOST_OF_A_SECOND = 0.020
"""s of each that decide and apply may take with 200 chargers."""
MOST_SET_UP = 3.0
"""s."""
SET_UPS = 11
PLATFORMS = (
    "binary_sensor",
    "button",
    "event",
    "number",
    "select",
    "sensor",
    "switch",
    "update",
)
"""What one of the two has entities of: there before either is set up."""
type Say = Callable[[str], None]
pytestmark = pytest.mark.timeout(0)


async def test_days(
    home: Property,
    say: Say,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Memory stays flat, nothing is left over, and the log is silent."""
    hours = request.config.getoption("--hours")
    await home.set_up()
    begun, seen = perf_counter(), []
    for hour in range(1, hours + 1):
        await home.passes(HOUR)
        seen.append(look(home.hass))
        if hour in (1, WARM) or hour % 12 == 0 or hour == hours:
            now = seen[-1]
            say(
                f"{hour:3} h: {now.resident:.1f} MB, {now.objects} objects,"
                f" {now.listeners} listeners, {now.timers} timers, {now.tasks} tasks;"
                f" {home.over} s over the fuse; {perf_counter() - begun:.0f} s"
            )
    warm = seen[min(WARM, hours) - 1]
    last = seen[-1]
    ours = [each for each in caplog.records if each.name.startswith("custom_comp")]
    loud = [each for each in ours if each.levelno >= 30]
    say(f"grown by {last.resident - warm.resident:.2f} MB; {len(loud)} warnings")
    assert last.resident - warm.resident < MOST_GROWTH
    assert (last.listeners, last.tasks) == (warm.listeners, warm.tasks)
    assert not loud


async def test_reloads(
    home: Property, say: Say, request: pytest.FixtureRequest
) -> None:
    """Nothing is left of the loops before."""
    reloads = request.config.getoption("--reloads")
    await home.set_up()
    warm = None
    for number in range(1, reloads + 1):
        assert await home.hass.config_entries.async_reload(home.entry.entry_id)
        await home.passes(60)
        if number % WARM_RELOADS == 0 or number == reloads:
            now = look(home.hass)
            warm = warm or now
            say(
                f"{number:3} reloads: {now.resident:.1f} MB, {now.objects} objects,"
                f" {now.listeners} listeners, {now.timers} timers, {now.tasks} tasks"
            )
    assert warm is not None
    say(f"grown by {now.resident - warm.resident:.2f} MB")
    assert now.listeners <= warm.listeners + 1  # something may be due to be stored
    assert now.tasks == warm.tasks
    assert sum(now.ours.values()) < 1.05 * sum(warm.ours.values())
    assert now.resident - warm.resident < MOST_GROWTH


async def test_200_chargers(
    home: Property, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decide and apply stay short, and a change beside the others is no blip."""
    took: list[float] = []
    monkeypatch.setattr(Cycle, "_run", _timed(Cycle._run, took))  # noqa: SLF001
    begun = thread_time()
    await home.set_up(groups=20, chargers=200)
    first = thread_time() - begun
    begun = thread_time()
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.hass.async_block_till_done()
    set_up = thread_time() - begun
    await home.passes(60)
    seconds = await _each_second(home, took, 100)
    home.is_steady = True
    await home.passes(60)
    limits = [(charger.limit, charger.enabled) for charger in home.chargers]
    begun = thread_time()
    added = await home.add_charger()
    adding = thread_time() - begun
    await home.passes(5)
    moved = sum(
        (charger.limit, charger.enabled) != before
        for charger, before in zip(home.chargers, limits, strict=False)
    )
    begun = thread_time()
    await home.remove_charger(added)
    removing = thread_time() - begun
    seconds.sort()
    say(
        f"200 chargers in 20 groups, s and ms of the processor: first set-up"
        f" {first:.1f} s, again {set_up:.2f} s;"
        f" of each second {1000 * median(seconds):.1f} ms,"
        f" p99 {1000 * seconds[int(0.99 * len(seconds))]:.1f} ms;"
        f" one added in {adding:.2f} s, removed in {removing:.2f} s;"
        f" {moved} of the others were told anything; {home.over} s over the fuse"
    )
    assert median(seconds) < MOST_OF_A_SECOND
    assert set_up < MOST_SET_UP


async def _each_second(home: Property, took: list[float], count: int) -> list[float]:
    """Return s that the cycles of each second took."""
    seconds = []
    for _ in range(count):
        took.clear()
        await home.passes(1)
        seconds.append(sum(took))
    return seconds


def _timed(run: Callable[[Cycle], None], took: list[float]) -> Callable[[Cycle], None]:
    def timed(cycle: Cycle) -> None:
        begun = thread_time()
        run(cycle)
        took.append(thread_time() - begun)

    return timed


@pytest.mark.filterwarnings(
    # `peblar` closes no session of its own, nor ends its timers.
    "ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_start_up_beside_peblar(
    home: Property,
    say: Say,
    hass: HomeAssistant,
    socket_enabled: None,
    expected_lingering_timers: bool,
) -> None:
    """What a start costs, of ours and of one of core's: with its imports, and again."""
    pytest_socket.socket_allow_hosts(["127.0.0.0/8"], allow_unix_socket=True)
    for platform in PLATFORMS:
        assert await async_setup_component(hass, platform, {})
    device, host = Peblar(ChargerModel(id="garage")), site_addresses().peblar_host
    await device.start(host, 80)
    theirs = MockConfigEntry(
        domain="peblar",
        data={"host": host, "password": device.flow_input["password"]},
        unique_id=device.serial_number,
    )
    theirs.add_to_hass(hass)
    entries = hass.config_entries
    try:
        await home.set_up()
        for name, package, entry in (
            ("peblar", "homeassistant.components.peblar", theirs),
            ("amp_guard", "custom_components.amp_guard", home.entry),
        ):
            seconds = await _imports("timed", package)
            megabytes = await _imports("traced", package)
            if entry.state is ConfigEntryState.NOT_LOADED:
                assert await entries.async_setup(entry.entry_id)
            took = [await _set_up_again(hass, entry.entry_id) for _ in range(SET_UPS)]
            tracemalloc.start()
            await _set_up_again(hass, entry.entry_id)
            held, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            say(
                f"{name:10} imports {seconds:.2f} s, {megabytes:.1f} MB;"
                f" set-up {1000 * median(took):.0f} ms, {held / 1e6:.2f} MB"
            )
    finally:
        await entries.async_unload(theirs.entry_id)
        await device.stop()


async def _imports(what: str, package: str) -> float:
    """Return what its imports take: s of the processor, or MB if `traced`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.endurance.imports", what, package, *PLATFORMS),
        stdout=asyncio.subprocess.PIPE,
    )
    return float((await process.communicate())[0])


async def _set_up_again(hass: HomeAssistant, entry_id: str) -> float:
    """Return s of the processor that a set-up takes."""
    assert await hass.config_entries.async_unload(entry_id)
    await hass.async_block_till_done()
    begun = process_time()
    assert await hass.config_entries.async_setup(entry_id)
    await hass.async_block_till_done()
    return process_time() - begun
