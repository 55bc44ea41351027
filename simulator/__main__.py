"""Run a simulated site: `python -m simulator --help`."""

import argparse
import asyncio
import json
from pathlib import Path
import signal

from .judge import report
from .scenario import SCENARIOS
from .site import Addresses, Site


def _parse() -> argparse.Namespace:
    default = Addresses()
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--scenario", choices=SCENARIOS, default="evening")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="times the clock")
    parser.add_argument("--host", default=default.host)
    parser.add_argument("--port-base", type=int, default=default.port_base)
    parser.add_argument("--peblar-host", default=default.peblar_host)
    parser.add_argument("--record", type=Path, help="write the judge's record there")
    parser.add_argument(
        "--for", type=float, dest="seconds", help="s of the site's time"
    )
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    site = Site(
        SCENARIOS[arguments.scenario](arguments.seed),
        Addresses(
            host=arguments.host,
            port_base=arguments.port_base,
            peblar_host=arguments.peblar_host,
        ),
        speed=arguments.speed,
    )
    try:
        await site.start()
    except OSError as error:
        raise SystemExit(f"The site cannot be put on the network: {error}") from error
    running = asyncio.create_task(site.run(arguments.seconds))
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, running.cancel)
    # Only now: who reads the addresses may ask for the end at once.
    print(f"The judge is at http://{site.judge.address}", flush=True)
    print(json.dumps(site.judge.addresses), flush=True)
    await asyncio.wait([running])
    await site.stop()
    if arguments.record:
        arguments.record.write_text(json.dumps(site.judge.record), encoding="utf-8")
    print(report(site.judge.figures), flush=True)
    if not running.cancelled():
        running.result()


if __name__ == "__main__":
    asyncio.run(_run(_parse()))
