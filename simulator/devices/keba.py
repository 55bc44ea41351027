"""A KEBA KeContact on the LAN: its UDP interface, port 7090.

Written to what the client library `keba-kecontact` 1.3 sends and reads, and to KEBA's
guide to it. A command is answered "done" before it is; a datagram may get lost, either
way, and nobody hears of it. mA, mV, mW and tenths of Wh on the wire.
"""

import asyncio
import json
from typing import Any, ClassVar, override

from custom_components.amp_guard.model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus
from simulator.charger import ChargerModel

from .charger import ChargerElectronics

UDP_PORT = 7090
MILLI = 1000
MAX_USER_CURRENT = 63
"""A. What its user's current is while nobody has set one."""
DONE, ERROR = "TCH-OK :done\n", "TCH-ERR\n"

NOT_READY, READY, CHARGING, FAULT = 1, 2, 3, 4
UNPLUGGED, PLUGGED_AND_LOCKED = 3, 7


class Keba(ChargerElectronics):
    """A P30 whose cable is its own.

    `failsafe` is the current (A) after `failsafe_timeout` s without a datagram; 0 s is
    never. `loses` is how many of the next commands get lost.
    """

    integration: ClassVar[str] = "keba"

    def __init__(
        self, charger: ChargerModel, *, serial_number: str = "17619300"
    ) -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number=serial_number)
        self.user_current = charger.limit
        self.enabled = True
        self.failsafe_timeout = 0
        self.failsafe_current = 0.0
        self.loses = 0
        self.heard: list[str] = []
        """The commands that came, reports left out."""
        self._heard_at = 0.0
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, host: str, port: int = 0) -> None:
        """Listen at `host`; port 0 takes a free one."""
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Socket(self), local_addr=(host, port)
        )

    async def stop(self) -> None:
        """Leave the network: nothing is answered, and nobody is told."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    @override
    def observe(self, now: float) -> None:
        super().observe(now)
        if self.failsafe_timeout and self.silent_for > self.failsafe_timeout:
            self._apply(min(self.user_current, self.failsafe_current))

    @property
    def silent_for(self) -> float:
        """For how long in s nobody has spoken to it."""
        return self.now - self._heard_at

    def answer(self, text: str) -> str | None:
        """Return what it answers a datagram; None is nothing."""
        self._heard_at = self.now
        command, *arguments = text.split()
        if command == "report":
            report = self._reports().get(arguments[0])
            return None if report is None else json.dumps(report)
        if self.loses > 0:
            self.loses -= 1
            return None
        self.heard.append(text)
        return (
            DONE if self._obey(command, [float(each) for each in arguments]) else ERROR
        )

    # --- being told -----------------------------------------------------------------

    def _obey(self, command: str, arguments: list[float]) -> bool:
        match command, arguments:
            case "currtime", [milliamperes, _seconds]:
                current = milliamperes / MILLI
                if (
                    current
                    and not MINIMUM_SIGNALLED_CURRENT <= current <= MAX_USER_CURRENT
                ):
                    return False
                self.user_current = current
            case "ena", [enable]:
                self.enabled = bool(enable)
            case "failsafe", [timeout, milliamperes, _persist]:
                self.failsafe_timeout = int(timeout)
                self.failsafe_current = milliamperes / MILLI
            case _:
                return False
        self._apply(self.user_current)
        return True

    def _apply(self, current: float) -> None:
        self.charger.set_limit(min(current, self.charger.max_current), self.now)
        self.charger.set_paused(not self.enabled, self.now)

    # --- telling --------------------------------------------------------------------

    @property
    def _state(self) -> int:
        status = self.charger.status
        if status is ChargerStatus.CHARGING:
            return CHARGING
        if status is ChargerStatus.FAULT:
            return FAULT
        offers = self.enabled and status is not ChargerStatus.DISCONNECTED
        return READY if offers else NOT_READY

    def _reports(self) -> dict[str, dict[str, Any]]:
        energy = round(self.session_energy * 10)
        # In mA no current is the same twice.
        noise = round(self.now) % 3 if self.charger.power else 0
        return {
            "1": {
                "ID": "1",
                "Product": "KC-P30-EC240122-E00",
                "Serial": self.serial_number,
                "Firmware": "P30 v 3.10.16",
                "Sec": round(self.now),
            },
            "2": {
                "ID": "2",
                "State": self._state,
                "Plug": PLUGGED_AND_LOCKED if self.charger.car else UNPLUGGED,
                "Enable sys": int(self.enabled and self.charger.car is not None),
                "Enable user": int(self.enabled),
                "Max curr": round(self.charger.offered * MILLI),
                "Curr HW": round(self.charger.max_current * MILLI),
                "Curr user": round(self.user_current * MILLI),
                "Curr FS": round(self.failsafe_current * MILLI),
                "Tmo FS": self.failsafe_timeout,
                "Curr timer": 0,
                "Tmo CT": 0,
                "Setenergy": 0,
                "Serial": self.serial_number,
            },
            "3": {
                "ID": "3",
                **{
                    f"U{n}": round(phase.voltage)
                    for n, phase in enumerate(self.phases, start=1)
                },
                **{
                    f"I{n}": round(phase.current * MILLI) + noise
                    for n, phase in enumerate(self.phases, start=1)
                },
                "P": round(self.charger.power * MILLI),
                "PF": 998,
                "E pres": energy,  # codespell:ignore pres
                "E total": round(self.total_energy * 10),
            },
            "100": {
                "ID": "100",
                "Session ID": len(self.sessions),
                "E start": 0,
                "E pres": energy,  # codespell:ignore pres
            },
        }


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, keba: Keba) -> None:
        self._keba = keba
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._keba.answer(data.decode())
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer.encode(), addr)
