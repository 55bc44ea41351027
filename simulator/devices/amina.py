"""An Amina S, and the Zigbee2MQTT that announces it and passes on what it reports.

Written to what Zigbee2MQTT 2.14 announces and publishes: one topic with all its figures,
each time that one of them changed; what it is told is a topic for each figure. What the
charger itself does is by public reports of its owners.
"""

import json
from typing import Any, ClassVar

from custom_components.amp_guard.model import MINIMUM_SIGNALLED_CURRENT
from simulator.charger import ChargerModel

from .charger import ChargerElectronics
from .mqtt import MqttConnection

BASE_TOPIC = "zigbee2mqtt"
BRIDGE_STATE = f"{BASE_TOPIC}/bridge/state"
MAX_CURRENT = 32
PHASE_NAMES = ("", "_phase_b", "_phase_c")


class Amina(ChargerElectronics):
    """One that is paired with Zigbee2MQTT under `name`.

    `keeps_level_while_off` is whether it takes a limit while it is off: the Zigbee
    cluster library has it ignore one. `reports_limit` is whether its firmware reports
    the limit: some cannot be asked for it.
    """

    integration: ClassVar[str] = "mqtt"

    def __init__(
        self,
        charger: ChargerModel,
        *,
        serial_number: str = "0x00158d0001234567",
        name: str = "Laddbox",
        keeps_level_while_off: bool = False,
        reports_limit: bool = True,
    ) -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number=serial_number)
        self.topic = f"{BASE_TOPIC}/{name}"
        self.name = name
        self.keeps_level_while_off = keeps_level_while_off
        self.reports_limit = reports_limit
        self.level = round(charger.limit)
        """A, as last taken."""
        self.is_on = True
        self.single_phase = False
        """What it is set to; it counts from the next start on."""
        self.announced = 0
        """Entities."""
        self._published: dict[str, Any] = {}
        self._connection = MqttConnection(
            BRIDGE_STATE,
            f"{self.topic}/set/#",
            self._heard,
            online=json.dumps({"state": "online"}),
            offline=json.dumps({"state": "offline"}),
        )

    async def start(self, host: str, port: int) -> None:
        """Start Zigbee2MQTT on a broker."""
        await self._connection.open(host, port)
        self._announce()
        self._publish()

    async def stop(self) -> None:
        """End Zigbee2MQTT."""
        await self._connection.break_off()

    def observe(self, now: float) -> None:
        """Follow the physics up to `now`, s; the charger reports what changed."""
        super().observe(now)
        self._publish()

    # --- being told -----------------------------------------------------------------

    def _heard(self, topic: str, payload: str) -> None:
        match topic.removeprefix(f"{self.topic}/set").removeprefix("/"):
            case "charge_limit":
                self._move_to_level(int(payload))
            case "charge_limit_with_on_off":
                # 0 has it say that it is off, and charge on.
                self.is_on = int(payload) > 0
                self.level = int(payload) or self.level
            case "single_phase":
                self.single_phase = payload == "enable"
            case _ if payload in ("ON", "OFF"):
                self.is_on = payload == "ON"
                if self.is_on and self.charger.paused:
                    phases = 1 if self.single_phase else len(self.charger.wiring)
                    self.charger.set_phases(phases, self.now)
                self.charger.set_paused(not self.is_on, self.now)
        self.charger.set_limit(self.level, self.now)
        self._publish()

    def _move_to_level(self, level: int) -> None:
        if self.is_on or self.keeps_level_while_off:
            # Below its least it takes its least.
            least = round(MINIMUM_SIGNALLED_CURRENT)
            self.level = min(max(level, least), MAX_CURRENT)

    # --- telling --------------------------------------------------------------------

    def _figures(self) -> dict[str, Any]:
        connected = self.charger.car is not None
        charging = self.charger.power > 0
        status = "EV Connected" if connected else "Not Connected"
        if charging:
            status = "Charging"
        elif connected and not self.is_on:
            status = "Charging Paused"
        return {
            "state": "ON" if self.is_on else "OFF",
            "charge_limit": self.level if self.reports_limit else None,
            "charge_limit_with_on_off": None,
            "single_phase": "enable" if self.single_phase else "disable",
            "ev_connected": connected,
            "charging": charging,
            "ev_status": status,
            "total_active_power": round(self.charger.power / 1000, 2),
            **{
                f"current{name}": round(phase.current, 2)
                for name, phase in zip(PHASE_NAMES, self.phases, strict=True)
            },
        }

    def _publish(self) -> None:
        if self._figures() != self._published:
            self.publish()

    def publish(self) -> None:
        """Publish all, as after Home Assistant has said that it is there."""
        self._published = self._figures()
        self._connection.publish(self.topic, json.dumps(self._published))

    def _announce(self) -> None:
        self.announced = 0
        for name, least in (("charge_limit", 6), ("charge_limit_with_on_off", 0)):
            self._announce_one(
                "number",
                name,
                {
                    "command_topic": f"{self.topic}/set/{name}",
                    "unit_of_measurement": "A",
                    "min": least,
                    "max": MAX_CURRENT,
                },
            )
        self._announce_one(
            "switch",
            "switch",
            {
                "command_topic": f"{self.topic}/set",
                "payload_on": "ON",
                "payload_off": "OFF",
                "value_template": '{{ value_json["state"] }}',
            },
        )
        self._announce_one(
            "switch",
            "switch_single_phase",
            {
                "command_topic": f"{self.topic}/set/single_phase",
                "payload_on": "enable",
                "payload_off": "disable",
                "value_template": '{{ value_json["single_phase"] }}',
            },
        )
        for name in ("ev_connected", "charging"):
            self._announce_one(
                "binary_sensor", name, {"payload_on": True, "payload_off": False}
            )
        self._announce_one("sensor", "ev_status", {})
        for name in PHASE_NAMES:
            self._announce_one(
                "sensor",
                f"current{name}",
                {
                    "unit_of_measurement": "A",
                    "device_class": "current",
                    "state_class": "measurement",
                },
            )

    def _announce_one(self, domain: str, key: str, more: dict[str, Any]) -> None:
        self.announced += 1
        announced = {
            "name": key.replace("_", " ").capitalize(),
            "unique_id": f"{self.serial_number}_{key}_{BASE_TOPIC}",
            "object_id": f"{self.name.lower()}_{key}",
            "state_topic": self.topic,
            "value_template": f'{{{{ value_json["{key}"] }}}}',
            "availability": [
                {"topic": BRIDGE_STATE, "value_template": "{{ value_json.state }}"}
            ],
            "device": {
                "identifiers": [f"{BASE_TOPIC}_{self.serial_number}"],
                "name": self.name,
                "model": "Amina S EV Charger",
                "model_id": "amina S",
                "manufacturer": "Amina Distribution AS",
            },
            **more,
        }
        self._connection.publish(
            f"homeassistant/{domain}/{self.serial_number}/{key}/config",
            json.dumps(announced),
            retain=True,
        )
