"""An hour of the demonstration: how late its loop is, what it holds, what it logs.

A real Home Assistant on the simulated evening, as `scripts/demo` shows it. An idle loop
beside it tells how much of what is late is the machine's, which may be busy.
"""

from argparse import ArgumentParser
import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
import json
from pathlib import Path
import secrets
import sys
from tempfile import TemporaryDirectory

from demo.browser import Account
from demo.home import Home, running
from demo.home_assistant import INTEGRATION, HomeAssistant
from demo.places import LOOPBACK, home_assistant_port, site_addresses
from demo.verdict import complaints
from simulator.scenario import evening
from simulator.site import Site

from .left_over import resident

PROBE = Path(__file__).parent / "loop_lag"
OWNER = Account(name="Owner", username="owner", password=secrets.token_urlsafe(9))
WARM = 300.0
"""s until all has been there once."""
LOOKS = 6
MOST_BUSY = 5.0
"""ms that the loop may be kept busy, of 99 in 100 looks."""
LOUD = (" WARNING ", " ERROR ", " CRITICAL ")
OURS = "[custom_components.amp_guard"
"""What a line of ours has; others may say at a start what this machine lacks."""

type Figures = Mapping[str, Mapping[str, float]]


def main() -> int:
    """Run it; return 1 where the loop was late, something was logged, or a fuse went."""
    parser = ArgumentParser(prog="scripts/endurance demo", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    return asyncio.run(_run(60.0 * parser.parse_args().minutes))


async def _run(seconds: float) -> int:
    with TemporaryDirectory() as folder:
        home_assistant = HomeAssistant(
            Path(folder) / "config",
            port=home_assistant_port(LOOPBACK, None),
            integrations=(INTEGRATION, PROBE),
            more="loop_lag:\n",
        )
        home = Home(Site(evening(), site_addresses()), home_assistant)
        async with running(home, OWNER):
            await home.live(WARM)
            async with _idle_loop() as idle:
                await _call(home, "begin")
                held = [resident(home_assistant.pid)]
                before = _loud_lines(home_assistant)
                for _ in range(LOOKS):
                    await home.live(seconds / LOOKS)
                    held.append(resident(home_assistant.pid))
                beside = json.loads((await idle.communicate(b"\n"))[0])
            ours = await _call(home, "tell")
        loud = _loud_lines(home_assistant)
        logged = [each for each in loud if each not in before or OURS in each]
    _say("Home Assistant", ours)
    _say("an idle loop beside it", beside)
    print(f"memory after each sixth, MB: {', '.join(f'{mb:.1f}' for mb in held)}")
    print(f"logged: {len(logged)}", *logged, sep="\n  ")
    wrong = complaints(home.figures)
    print(f"the evening: {'; '.join(wrong) or 'went well'}")
    return int(bool(logged or wrong or ours["busy"]["0.99"] > MOST_BUSY))


async def _call(home: Home, service: str) -> Figures:
    assert home.browser is not None
    answer = await home.browser.command(
        "call_service",
        domain="loop_lag",
        service=service,
        return_response=service == "tell",
    )
    return dict(answer.get("response") or {})


@asynccontextmanager
async def _idle_loop() -> AsyncGenerator[asyncio.subprocess.Process]:
    idle = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.endurance.idle"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield idle
    finally:
        if idle.returncode is None:
            idle.kill()
            await idle.wait()


def _loud_lines(home_assistant: HomeAssistant) -> list[str]:
    console = (home_assistant.folder / "console.log").read_text(errors="replace")
    return [
        line for line in console.splitlines() if any(level in line for level in LOUD)
    ]


def _say(name: str, figures: Figures) -> None:
    for what, shares in figures.items():
        told = ", ".join(f"{share}: {ms:.2f}" for share, ms in shares.items())
        print(f"{name}, ms {what}: {told}")


if __name__ == "__main__":
    sys.exit(main())
