"""A real MQTT broker."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
import shutil
import socket

import pytest

PATIENCE = 10
"""s of real time. It is up at once; this ends what never comes."""


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncGenerator[int]:
    """Start a real broker; return its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "mosquitto is missing: scripts/packages installs it"
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    process = await asyncio.create_subprocess_exec(
        program, "-c", str(settings), "-v", stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE):
        while b"running" not in await process.stderr.readline():
            pass
    drain = asyncio.create_task(process.stderr.read())
    yield port
    process.terminate()
    await process.wait()
    await drain
