"""A loop that has nothing to do, until it is told to tell how late it was."""

import asyncio
import json
import sys

from .loop_lag.probe import Probe


async def _run() -> None:
    probe = Probe()
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(probe.figures()))


if __name__ == "__main__":
    asyncio.run(_run())
