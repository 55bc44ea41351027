"""Show the integration at work on a simulated evening, in a real Home Assistant.

Two cars come home to a 25 A main fuse. Everything begins anew at each start.
"""

import argparse
import asyncio
from collections.abc import Generator
from contextlib import contextmanager
import fcntl
from pathlib import Path
import secrets
import signal
import sys
import time

from aiohttp import ClientError

from simulator.judge import report
from simulator.scenario import evening
from simulator.site import Site

from .browser import Account, RefusedError
from .home import Home, running
from .home_assistant import HomeAssistant, HomeAssistantError
from .places import LOOPBACK, TakenError, home_assistant_port, site_addresses
from .verdict import complaints

FOLDER = Path(__file__).parents[1] / ".demo"
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FAILURES = (TakenError, RefusedError, HomeAssistantError, ClientError, OSError)

WELCOME = """
Home Assistant   {url}
User             {username}
Password         {password}

At the site: {devices}.
Up after {seconds:.0f} s. {end}
"""


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--for",
        type=float,
        dest="seconds",
        metavar="SECONDS",
        help="end then, with status 1 if the evening went badly; else by Ctrl-C",
    )
    parser.add_argument("--port", type=int, help="of Home Assistant; else a free one")
    parser.add_argument(
        "--host",
        default=LOOPBACK,
        help="where Home Assistant answers; 0.0.0.0 opens it to your network",
    )
    return parser.parse_args()


async def _demonstrate(options: argparse.Namespace) -> list[str]:
    """Run until the end or a signal; return what went wrong."""
    home = Home(
        Site(evening(), site_addresses()),
        HomeAssistant(
            FOLDER / "config",
            host=options.host,
            port=home_assistant_port(options.host, options.port),
        ),
    )
    account = Account(name="Owner", username="owner", password=secrets.token_urlsafe(9))
    work = asyncio.create_task(_live(home, account, options.seconds))
    for each in ENDS:
        asyncio.get_running_loop().add_signal_handler(each, work.cancel)
    await asyncio.wait([work])
    print(f"\n{report(home.figures)}", flush=True)
    if not work.cancelled():
        work.result()
    return complaints(home.figures) if options.seconds is not None else []


async def _live(home: Home, account: Account, seconds: float | None) -> None:
    begun = time.monotonic()
    print("The simulated site and Home Assistant start ...", flush=True)
    async with running(home, account):
        chargers = home.site.judge.addresses["chargers"]
        print(
            WELCOME.format(
                url=home.home_assistant.url,
                username=account.username,
                password=account.password,
                devices=", ".join(
                    f"{charger['integration']} ({charger['id']})"
                    for charger in chargers
                ),
                seconds=time.monotonic() - begun,
                end="Ctrl-C ends it." if seconds is None else f"{seconds:.0f} s to go.",
            ),
            flush=True,
        )
        await home.live(seconds)


@contextmanager
def _only_one() -> Generator[None]:
    """Let nobody else use the folder meanwhile."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("A demonstration runs in this folder already.") from None
        yield


def main() -> None:
    """Run the demonstration; exit with 1 where it failed."""
    options = _parse()
    with _only_one():
        try:
            wrong = asyncio.run(_demonstrate(options))
        except FAILURES as error:
            raise SystemExit(f"The demonstration failed: {error}") from error
    if wrong:
        sys.exit(f"The evening went badly: {'; '.join(wrong)}.")


if __name__ == "__main__":
    main()
