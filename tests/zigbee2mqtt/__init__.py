"""The real Zigbee2MQTT, in a process of its own, with an Amina S that is simulated.

`radio.cjs` is the radio and what the charger says on it; here is what the charger does.
"""

import asyncio
import json
import os
from pathlib import Path
import shutil
from typing import Any, ClassVar, override

from simulator.charger import ChargerModel
from simulator.devices.charger import ChargerElectronics

HERE = Path(__file__).parent
NODE = HERE.parents[1] / ".tools" / "node" / "bin"
PATIENCE = 30
"""s of real time. It starts within some seconds; this ends what never comes."""

ON_OFF, LEVEL, ELECTRICAL, CONTROL = 6, 8, 0x0B04, 0xFEE7
POWER, CURRENTS = 0x0304, (0x0508, 0x0908, 0x0A08)
STATUS = 3
CONNECTED, CHARGING = 1 << 0, 1 << 2
HUNDREDTHS = 100
LEAST, MOST = 6, 32

type Report = list[tuple[int, int, int]]


class ZigbeeAmina(ChargerElectronics):
    """An Amina S on Zigbee: it ignores a level while it is off, as the standard says."""

    integration: ClassVar[str] = "mqtt"

    def __init__(
        self, charger: ChargerModel, *, serial_number: str = "0x00158d0001234567"
    ) -> None:
        super().__init__(charger, serial_number=serial_number)
        self.level = round(charger.limit)
        self.is_on = True
        self._reported: Report = []
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self, broker: int, folder: Path) -> None:
        """Start Zigbee2MQTT at a broker, with its files in a folder."""
        node = shutil.which("node", path=f"{NODE}:{os.environ['PATH']}")
        assert node, "node is missing: scripts/node installs it"
        self._process = await asyncio.create_subprocess_exec(
            node,
            str(HERE / "radio.cjs"),
            str(broker),
            str(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE):
            while "started" not in await self._hear():
                pass
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """End it."""
        if self._process is None:
            return
        assert self._listening is not None
        self._listening.cancel()
        self._process.kill()
        await self._process.wait()

    async def _hear(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, "Zigbee2MQTT has ended"
        return json.loads(line)

    async def _listen(self) -> None:
        while True:
            match await self._hear():
                case {"on": is_on}:
                    self.is_on = is_on
                    self.charger.set_paused(not is_on, self.now)
                case {"level": level} if self.is_on:
                    self.level = min(max(level, LEAST), MOST)
            self.charger.set_limit(self.level, self.now)
            self.observe(self.now)

    @override
    def observe(self, now: float) -> None:
        super().observe(now)
        if self._figures() != self._reported:
            self.publish()

    def publish(self) -> None:
        """Report all that it reports by itself."""
        self._reported = self._figures()
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(self._reported)}\n".encode())

    def _figures(self) -> Report:
        status = CONNECTED * (self.charger.car is not None)
        status |= CHARGING * (self.charger.power > 0)
        currents = [round(phase.current * HUNDREDTHS) for phase in self.phases]
        return [
            (ON_OFF, 0, int(self.is_on)),
            (LEVEL, 0, self.level),
            (CONTROL, STATUS, status),
            (ELECTRICAL, POWER, round(self.charger.power)),
            *((ELECTRICAL, *each) for each in zip(CURRENTS, currents, strict=True)),
        ]
