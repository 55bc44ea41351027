"""The faults of real time: how each is made, and how it is undone."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
import os
from pathlib import Path
import signal
from typing import Any

from demo.home import Home
from simulator.devices.amp_guard import Fault as MeterTrouble

from .kinds import ChargerFault
from .real_site import RealSite

type Step = Callable[[Home], Coroutine[Any, Any, None]]

VICTIM = "garage"
"""The charger that has the faults of one."""
SAMPLES_EACH = 10.0
"""s, of a slow meter."""
BALLAST = "ballast"
"""A file that takes all the room there is."""
DATABASE = "home-assistant_v2.db"


@dataclass(frozen=True, kw_only=True, slots=True)
class RealFault:
    """A fault: how it begins, how it ends, and for how long it lasts, s.

    One that comes `in_mid_cut` begins when a charger has been told the cut. One that
    `blinds` leaves nobody who could see the overload, or tell a charger, in time.
    """

    name: str
    begin: Step
    end: Step
    lasts: float = 30.0
    in_mid_cut: bool = False
    blinds: bool = False


def site_of(home: Home) -> RealSite:
    """Return its site."""
    assert isinstance(home.site, RealSite)
    return home.site


async def nothing(_home: Home) -> None:
    """Do nothing."""


def _meter(name: str, trouble: MeterTrouble) -> RealFault:
    async def begin(home: Home) -> None:
        home.site.amp_guard.fault = trouble

    async def end(home: Home) -> None:
        home.site.amp_guard.fault = None

    return RealFault(name=f"meter: {name}", begin=begin, end=end, blinds=True)


def _slow_meter() -> RealFault:
    def every(seconds: float) -> Step:
        async def change(home: Home) -> None:
            meter = home.site.amp_guard
            meter.settings = replace(meter.settings, sample_interval=seconds)

        return change

    return RealFault(
        name="meter: a sample each 10 s", begin=every(SAMPLES_EACH), end=every(1.0)
    )


def _charger(fault: ChargerFault) -> RealFault:
    async def begin(home: Home) -> None:
        device = site_of(home).devices[VICTIM]
        device.fault = fault
        if fault is ChargerFault.REBOOTING:
            device.charger.set_paused(True, device.now)

    async def end(home: Home) -> None:
        device = site_of(home).devices[VICTIM]
        device.fault = None
        if fault is ChargerFault.REBOOTING:
            device.charger.set_limit(device.charger.max_current, device.now)
            device.charger.set_paused(False, device.now)

    return RealFault(name=fault, begin=begin, end=end)


def _cut(name: str, way: str, *cables: str) -> RealFault:
    """Return a cut of some cables; that of the meter blinds."""

    async def begin(home: Home) -> None:
        for each in cables:
            getattr(site_of(home).cables[each], way)()

    async def end(home: Home) -> None:
        for each in cables:
            site_of(home).cables[each].mend()

    return RealFault(
        name=f"network: {name}", begin=begin, end=end, blinds="meter" in cables
    )


async def _kill(home: Home) -> None:
    await home.home_assistant.kill()


async def _stop(home: Home) -> None:
    await home.home_assistant.stop()


async def _start_again(home: Home) -> None:
    await home.home_assistant.start_again()


async def _freeze(home: Home) -> None:
    os.kill(home.home_assistant.pid, signal.SIGSTOP)


async def _thaw(home: Home) -> None:
    os.kill(home.home_assistant.pid, signal.SIGCONT)


def _block(seconds: float) -> RealFault:
    async def begin(home: Home) -> None:
        assert home.browser is not None
        asked = home.browser.command(
            "call_service",
            domain="loop_blocker",
            service="block",
            service_data={"seconds": seconds},
        )
        site_of(home).errands.append(asyncio.create_task(asked))

    return RealFault(
        name=f"Home Assistant: its loop is blocked for {seconds:.0f} s",
        begin=begin,
        end=nothing,
        lasts=seconds,
    )


async def _fill_disk(home: Home) -> None:
    """Leave no byte where Home Assistant keeps its files."""
    with (home.home_assistant.folder / BALLAST).open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            return


async def _make_room(home: Home) -> None:
    (home.home_assistant.folder / BALLAST).unlink()


async def _destroy_database(home: Home) -> None:
    await asyncio.to_thread(_overwrite, home.home_assistant.folder / DATABASE)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as database:
        database.write(os.urandom(path.stat().st_size))
    for more in ("-wal", "-shm"):
        Path(f"{path}{more}").unlink(missing_ok=True)


async def _reload(home: Home) -> None:
    browser = home.browser
    assert browser is not None
    [entry] = await browser.command("config_entries/get", domain="amp_guard")
    path = f"/api/config/config_entries/entry/{entry['entry_id']}/reload"
    await browser.post(path, {})


REAL_FAULTS: tuple[RealFault, ...] = (
    RealFault(name="none", begin=nothing, end=nothing),
    _meter("silent", MeterTrouble.SILENT),
    _meter("pings only", MeterTrouble.PINGING),
    _slow_meter(),
    _meter("repeats its last sample", MeterTrouble.FROZEN),
    _meter("one measurement as a new sample each time", MeterTrouble.OUTDATED),
    _meter("answers rubbish", MeterTrouble.RUBBISH),
    _meter("nothing that can be true", MeterTrouble.IMPOSSIBLE),
    _meter("hangs up", MeterTrouble.DROPPED),
    _charger(ChargerFault.SILENT),
    _charger(ChargerFault.REFUSING),
    _charger(ChargerFault.HANGING),
    _charger(ChargerFault.LATE),
    _charger(ChargerFault.REBOOTING),
    _charger(ChargerFault.LIES_OF_LIMIT),
    _cut("nothing to the meter", "cut_towards_device", "meter"),
    _cut("nothing from the meter", "cut_towards_home", "meter"),
    _cut("nothing to a charger", "cut_towards_device", VICTIM),
    _cut("nothing from a charger", "cut_towards_home", VICTIM),
    _cut("a charger is cut off", "cut", VICTIM),
    _cut("Home Assistant is alone", "cut", "meter", "garage", "carport"),
    RealFault(
        name="Home Assistant: killed, and back",
        begin=_kill,
        end=_start_again,
        lasts=5.0,
        blinds=True,
    ),
    RealFault(
        name="Home Assistant: stopped in mid-cut, and back",
        begin=_stop,
        end=_start_again,
        lasts=5.0,
        in_mid_cut=True,
    ),
    RealFault(
        name="Home Assistant: frozen for 20 s",
        begin=_freeze,
        end=_thaw,
        lasts=20.0,
        blinds=True,
    ),
    _block(5.0),
    _block(15.0),
    RealFault(name="disk full", begin=_fill_disk, end=_make_room),
    RealFault(name="database destroyed", begin=_destroy_database, end=nothing),
    RealFault(
        name="the integration is reloaded", begin=_reload, end=nothing, lasts=2.0
    ),
)
