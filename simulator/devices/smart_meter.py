"""A property's smart meter, and what is plugged into its P1 port.

The meter counts what flows; a HomeWizard P1 meter serves that by HTTP, a serial server
sends the telegrams themselves by TCP, a HAN reader publishes them by MQTT.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import Any

from aiohttp import web
from paho.mqtt import publish

from custom_components.amp_guard.model import NO_CURRENT, Phase, PhaseValues

from . import Device

VOLTAGE = 230.0
"""V between each phase and neutral."""


@dataclass(kw_only=True, slots=True)
class SmartMeter:
    """What the meter shows: power with its direction, current without.

    Currents in A, without sign and in steps of `resolution`; energies in kWh.
    """

    resolution: float = 1.0
    current: PhaseValues = NO_CURRENT
    imported: float = 0.0
    exported: float = 0.0
    _observed_at: float = 0.0

    def observe(self, current: PhaseValues, now: float) -> None:
        """Measure the supply's `current` (A, export negative) at `now` (s)."""
        energy = VOLTAGE * sum(current) * (now - self._observed_at) / 3_600_000
        self._observed_at = now
        self.current = current
        if energy > 0:
            self.imported += energy
        else:
            self.exported -= energy

    def shown(self, phase: Phase) -> float:
        """Return A as it is shown."""
        steps = round(abs(self.current[phase]) / self.resolution)
        return round(steps * self.resolution, 3)

    def power(self, phase: Phase) -> float:
        """Return W; export is negative."""
        return VOLTAGE * self.current[phase]


class HomeWizardP1(Device):
    """A HomeWizard P1 meter, as `python-homewizard-energy` 10.2.0 asks it (API v1)."""

    def __init__(self, meter: SmartMeter) -> None:
        """Plug it into a meter."""
        super().__init__()
        self.meter = meter

    def application(self) -> web.Application:
        """Return the local API."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/api", self._device),
                web.get("/api/v1/data", self._data),
                web.get("/api/v1/system", self._system),
            ]
        )
        return application

    async def _device(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "product_type": "HWE-P1",
                "product_name": "P1 meter",
                "serial": "020000000001",
                "firmware_version": "4.19",
                "api_version": "v1",
            }
        )

    async def _system(self, _request: web.Request) -> web.Response:
        return web.json_response({"cloud_enabled": False})

    async def _data(self, _request: web.Request) -> web.Response:
        meter = self.meter
        data = {
            "wifi_ssid": "Home",
            "wifi_strength": 80,
            "smr_version": 50,
            "meter_model": "ISKRA 2M550T-101",
            "total_power_import_kwh": round(meter.imported, 3),
            "total_power_export_kwh": round(meter.exported, 3),
            "active_power_w": round(sum(map(meter.power, Phase))),
        }
        for phase in Phase:
            name = phase.name.lower()
            data[f"active_power_{name}_w"] = round(meter.power(phase))
            data[f"active_voltage_{name}_v"] = VOLTAGE
            data[f"active_current_{name}_a"] = meter.shown(phase)
        return web.json_response(data)


class SerialServer:
    """Sends each telegram of a Swedish meter (DSMR 5) to whoever is connected."""

    def __init__(self, meter: SmartMeter) -> None:
        """Plug it into a meter."""
        self.meter = meter
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    async def start(self, host: str, port: int = 0) -> None:
        """Listen at `host`; port 0 takes a free one."""
        self._server = await asyncio.start_server(self._serve, host, port)

    async def stop(self) -> None:
        """Close every connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.close()
        self._server = None

    @property
    def url(self) -> str:
        """What a user types into Home Assistant."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        return f"socket://{host}:{port}"

    def send(self) -> None:
        """Send the telegram of now."""
        for connection in self._connections:
            connection.write(telegram(self.meter))

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._connections.add(writer)
        writer.write(telegram(self.meter))
        with suppress(ConnectionError):
            await reader.read()
        self._connections.discard(writer)
        writer.close()


class AmsReader:
    """A HAN reader that publishes by MQTT, and itself by Home Assistant's discovery."""

    TOPIC = "ams/power"

    def __init__(self, meter: SmartMeter, *, host: str, port: int) -> None:
        """Plug it into a meter, and tell it where the broker is."""
        self.meter = meter
        self._host = host
        self._port = port

    async def introduce(self) -> None:
        """Publish which sensors it has; the broker keeps that."""
        for phase in Phase:
            for key, device_class, unit in (
                ("I", "current", "A"),
                ("U", "voltage", "V"),
                ("P", "power", "W"),
            ):
                name = f"{key}{phase + 1}"
                await self._publish(
                    f"homeassistant/sensor/ams_{name}/config",
                    {
                        "unique_id": f"ams-1a2b_{name}",
                        "name": name,
                        "state_topic": self.TOPIC,
                        "value_template": f"{{{{ value_json.{name} }}}}",
                        "device_class": device_class,
                        "unit_of_measurement": unit,
                        "device": {"identifiers": ["ams-1a2b"], "name": "AMS reader"},
                    },
                    retain=True,
                )

    async def send(self) -> None:
        """Publish the telegram of now."""
        values: dict[str, float] = {}
        for phase in Phase:
            values |= {
                f"I{phase + 1}": self.meter.shown(phase),
                f"U{phase + 1}": VOLTAGE,
                f"P{phase + 1}": round(self.meter.power(phase)),
            }
        await self._publish(self.TOPIC, values)

    async def _publish(
        self, topic: str, payload: dict[str, Any], *, retain: bool = False
    ) -> None:
        await asyncio.to_thread(
            publish.single,
            topic,
            json.dumps(payload),
            retain=retain,
            hostname=self._host,
            port=self._port,
        )


def telegram(meter: SmartMeter) -> bytes:
    """Return what a Swedish meter sends each 10 s at the latest."""
    lines = [
        f"0-0:1.0.0({datetime.now(UTC):%y%m%d%H%M%S}W)",
        f"1-0:1.8.0({meter.imported:012.3f}*kWh)",
        f"1-0:2.8.0({meter.exported:012.3f}*kWh)",
        *_direction("1-0:{}.7.0", sum(map(meter.power, Phase)), (1, 2)),
    ]
    for phase in Phase:
        first = 21 + 20 * phase
        lines += _direction("1-0:{}.7.0", meter.power(phase), (first, first + 1))
    lines += [f"1-0:{32 + 20 * phase}.7.0({VOLTAGE:05.1f}*V)" for phase in Phase]
    lines += [
        f"1-0:{31 + 20 * phase}.7.0({meter.shown(phase):05.1f}*A)" for phase in Phase
    ]
    body = "\r\n".join(["/ELL5\\253833635_A", "", *lines, "!"]).encode()
    return body + b"%04X\r\n" % _crc16(body)


def _direction(line: str, power: float, codes: tuple[int, int]) -> list[str]:
    """Return the lines of what is imported and exported, kW."""
    figures = (max(power, 0.0), max(-power, 0.0))
    return [
        f"{line.format(code)}({figure / 1000:08.3f}*kW)"
        for code, figure in zip(codes, figures, strict=True)
    ]


def _crc16(data: bytes) -> int:
    """Return CRC-16/ARC, as the P1 standard has it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
