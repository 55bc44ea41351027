"""Each fault with a real Home Assistant process, one after another at one home.

Both cars draw all that is left; the fault begins; 2 s later something large comes on and
stays. The judge is the simulated fuse. What a home does not get over is a row of the
result: those that are left have a new one.
"""

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
import secrets
import subprocess
import sys
from tempfile import TemporaryDirectory

from aiohttp import ClientError

from custom_components.amp_guard.model import SUPPLY_ID, Phase
from demo.browser import Account, RefusedError
from demo.home import Home, running
from demo.home_assistant import INTEGRATION, HomeAssistant, HomeAssistantError
from demo.network import Namespace
from simulator.appliances import switch
from simulator.house import House, constant

from .real_faults import REAL_FAULTS, RealFault
from .real_site import QUIET, RealSite
from .told import Ears

BLOCKER = Path(__file__).parent / "loop_blocker"
OWNER = Account(name="Owner", username="owner", password=secrets.token_urlsafe(9))
DISK = "96m"
"""Of memory, where Home Assistant keeps its files: it can be filled."""
LARGE = 9.0
"""A on each phase that come on: with both cars 34 A flow through 25 A, and the fuse of
the simulator goes after 24 s."""
LEAD = 2.0
"""s from the beginning of a fault until that."""
STAYS = 45.0
"""s."""
PATIENCE = 240.0
"""s until both cars draw all that is left again."""
FULL = 0.9
"""The share of what is left that the cars then draw."""
FULL_FOR = 35.0
"""s: longer than a raise must have stood to have been of use."""
LOOK = 0.25
MOMENT = 0.05
"""s."""
SHOWS = ("reason", "status", "measurement", "limiting_phase")
"""Keys of entities that say why a home is not at rest."""
FAILURES = (HomeAssistantError, RefusedError, ClientError, OSError)


class RestlessError(Exception):
    """What was waited for did not come; the message says what is so instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RealOutcome:
    """What came of a fault, by the simulator's record.

    `resumed_after` is s from its end until the cars drew all that was left (None: not
    while it was looked at); `told` is s from its beginning; `lost` is kWh that the cars
    could have had in that time; `trouble` is what the home did not get over, so that it
    was of no more use.
    """

    name: str
    seconds_over: float = 0.0
    amp_seconds: float = 0.0
    heat: float = 0.0
    trips: int = 0
    resumed_after: float | None = None
    told: dict[str, float] = field(default_factory=dict)
    lost: float = 0.0
    trouble: str = ""

    @property
    def failed(self) -> bool:
        """Whether the fuse went where a charger could be told, or the home broke."""
        [fault] = (each for each in REAL_FAULTS if each.name == self.name)
        return bool(self.trouble) or (self.trips > 0 and not fault.blinds)


def run_real(names: Sequence[str]) -> list[RealOutcome]:
    """Return what comes of the faults of these names, at one home while it lasts."""
    faults = [fault for fault in REAL_FAULTS if fault.name in names]
    outcomes: list[RealOutcome] = []
    while left := faults[len(outcomes) :]:
        outcomes += _at_a_home(left)
    return outcomes


def _at_a_home(faults: Sequence[RealFault]) -> list[RealOutcome]:
    """Return what comes of them, up to the one that the home does not get over."""
    home = Namespace()
    try:
        with home.entered(), TemporaryDirectory() as folder, _small_disk(folder):
            home.ip(
                "route add 224.0.0.0/4 dev lo"
            )  # Home Assistant begins with zeroconf
            return asyncio.run(_run(home, Path(folder), faults))
    finally:
        home.close()


@contextmanager
def _small_disk(folder: str) -> Generator[None]:
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "faults", folder], check=True
    )
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


async def _run(
    network: Namespace, folder: Path, faults: Sequence[RealFault]
) -> list[RealOutcome]:
    home = Home(
        RealSite(network),
        HomeAssistant(
            folder / "config",
            port=8123,
            integrations=(INTEGRATION, BLOCKER),
            more="loop_blocker:\n",
        ),
    )
    outcomes: list[RealOutcome] = []
    try:
        async with running(home, OWNER):
            await _Trial(home, faults[0]).rest()
            for fault in faults:
                _note(outcomes, await _Trial(home, fault).run())
                if outcomes[-1].trouble:
                    break
    except Exception as error:  # noqa: BLE001 - whatever breaks a home
        if not outcomes:
            trouble = f"no home to have it: {error}"
            _note(outcomes, RealOutcome(name=faults[0].name, trouble=trouble))
    return outcomes


def _note(outcomes: list[RealOutcome], outcome: RealOutcome) -> None:
    outcomes.append(outcome)
    print(f"{outcome}", file=sys.stderr, flush=True)


class _Trial:
    """One fault, from a home at rest to one that is at rest again."""

    def __init__(self, home: Home, fault: RealFault) -> None:
        self._home = home
        self._fault = fault
        self._world = home.site.world
        self._loop = asyncio.get_running_loop()
        self._lost = 0.0
        self._began = 0.0
        self._told: dict[str, float] = {}
        self._resumed_at: float | None = None
        self._ended_at: float | None = None

    async def run(self) -> RealOutcome:
        """Live through it, and until the home is at rest again."""
        world, trouble = self._world, ""
        over = world.record.nodes[SUPPLY_ID].over
        seconds, amp_seconds = over.seconds, over.amp_seconds
        trips, world.fuse.heat_max = world.record.fuse_trips, 0.0
        try:
            await self._live_through()
            await self.rest()
        except Exception as error:  # noqa: BLE001 - whatever it does to the home
            trouble = f"{error}" or type(error).__name__
        return RealOutcome(
            name=self._fault.name,
            seconds_over=over.seconds - seconds,
            amp_seconds=over.amp_seconds - amp_seconds,
            heat=world.fuse.heat_max,
            trips=world.record.fuse_trips - trips,
            resumed_after=None
            if self._resumed_at is None or self._ended_at is None
            else self._resumed_at - self._ended_at,
            told={what: at - self._began for what, at in self._told.items()},
            lost=self._lost,
            trouble=trouble,
        )

    async def rest(self) -> None:
        """Let both cars draw all that is left, for a while.

        Raises `RestlessError` where they do not.
        """
        full_since, patient_until = inf, self._loop.time() + PATIENCE
        while self._loop.time() - full_since < FULL_FOR:
            await self._home.live(LOOK)
            now = self._loop.time()
            full_since = min(full_since, now) if self._is_full() else inf
            if now > patient_until and full_since == inf:
                raise RestlessError(f"{self._unrest()}; {await self._shown()}")

    async def _shown(self) -> str:
        """Return why each charger has what it has, as its owner sees it."""
        browser = self._home.browser
        assert browser is not None
        with suppress(*FAILURES):
            registry = await browser.command("config/entity_registry/list")
            states = {
                each["entity_id"]: each["state"]
                for each in await browser.command("get_states")
            }
            told = {
                each["entity_id"]: states.get(each["entity_id"], "-")
                for each in registry
                if each["platform"] == "amp_guard" and each["translation_key"] in SHOWS
            }
            return ", ".join(f"{what}: {state}" for what, state in told.items())
        return "Home Assistant does not say why"

    def _unrest(self) -> str:
        chargers = ", ".join(
            f"{name} {max(each.load):.1f} A of {each.limit:.1f} A"
            for name, each in self._world.chargers.items()
        )
        return (
            f"not at rest after {PATIENCE:.0f} s: {self._drawn():.1f} of"
            f" {self._room():.1f} A are drawn ({chargers})"
        )

    async def _live_through(self) -> None:
        assert self._home.browser is not None
        async with Ears(self._home.browser) as ears:
            self._told = ears.told
            await self._have_it()

    async def _have_it(self) -> None:
        home, fault = self._home, self._fault
        if fault.in_mid_cut:
            self._switch_on()
            victim = self._world.chargers["garage"]
            before = victim.commands
            await self._live_until(lambda: victim.commands > before)
        self._began = began = self._loop.time()
        await fault.begin(home)
        if not fault.in_mid_cut:
            await self._live(LEAD)
            self._switch_on()
        await self._live(began + fault.lasts - self._loop.time())
        ending = asyncio.create_task(fault.end(home))
        while not ending.done():
            await self._live(LOOK)
        ending.result()
        self._ended_at = self._loop.time()
        await self._live(began + STAYS - self._loop.time())
        if self._resumed_at is None:
            await self._live(20.0)
        self._switch_off()

    def _is_full(self) -> bool:
        return self._drawn() >= FULL * self._room()

    def _drawn(self) -> float:
        return sum(max(each.load) for each in self._world.chargers.values())

    def _room(self) -> float:
        house = max(self._world.house.current_at(self._world.now))
        return self._world.supply.supply_max_current - house

    async def _live(self, seconds: float) -> None:
        ends = self._loop.time() + seconds
        while (left := ends - self._loop.time()) > 0:
            await self._home.live(min(LOOK, left))
            missing = max(0.0, self._room() - self._drawn())
            self._lost += missing * 3 * 230.0 * min(LOOK, left) / 3.6e6
            if self._ended_at and self._resumed_at is None and self._is_full():
                self._resumed_at = self._loop.time()

    async def _live_until(self, condition: Callable[[], bool]) -> None:
        patient_until = self._loop.time() + PATIENCE
        while not condition():
            await self._live(0.05)
            if self._loop.time() > patient_until:
                msg = f"no charger was told a cut within {PATIENCE:.0f} s"
                raise RestlessError(msg)

    def _switch(self, begins: float, ends: float) -> None:
        """Have the large load on between two times, s; the world looks from then on."""
        loads = [switch(phase, LARGE, [(begins, ends)]) for phase in Phase]
        self._world.house = House(constant(QUIET), *loads)

    def _switch_on(self) -> None:
        self._switch(self._world.now + MOMENT, inf)

    def _switch_off(self) -> None:
        self._switch(-1.0, self._world.now + MOMENT)
