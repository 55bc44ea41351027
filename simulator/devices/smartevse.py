"""A SmartEVSE v3 that announces itself by MQTT.

Written to its firmware (SmartEVSE-3.5, June 2026): each figure has a topic of its own,
published each 10 s, and within a second of a change of its state or of what was set. Currents are tenths
of A on the wire. Its limit is an override, which it forgets when it starts anew; one that
its mode or its range does not allow is dropped without a word.
"""

from collections.abc import Mapping
import json
from typing import ClassVar

from custom_components.amp_guard.model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus
from simulator.charger import ChargerModel

from .charger import ChargerElectronics
from .mqtt import MqttConnection

PUBLISH_INTERVAL = 10.0
"""s."""
TENTHS = 10
CURRENT = {
    "device_class": "current",
    "state_class": "measurement",
    "unit_of_measurement": "A",
    "value_template": "{{ value | int / 10 }}",
}
MODES = ("Off", "Normal", "Smart", "Solar", "Pause")
SECOND_CONTACTOR = ("Not present", "Always Off", "Solar Off", "Always On", "Auto")
"""What is done with it, that of L2 and L3."""


class SmartEVSE(ChargerElectronics):
    """One with a meter for the car and none for the house: its only mode is Normal.

    `starts` is how often it started; `mode` is what it shows of it and of its access;
    `second_contactor` what it is to do with that.
    """

    integration: ClassVar[str] = "mqtt"

    def __init__(self, charger: ChargerModel, *, serial_number: str = "5001") -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number=serial_number)
        self.prefix = f"SmartEVSE/{serial_number}"
        self.mode = "Normal"
        self.second_contactor = "Not present"
        self.override = 0
        """Tenths of A; 0 is none."""
        self.announced = 0
        """Entities."""
        self._published_at = float("-inf")
        self._published_state = ""
        self._broker = ("", 0)
        self._connection = MqttConnection(
            f"{self.prefix}/connected", f"{self.prefix}/Set/#", self._heard
        )

    async def start(self, host: str, port: int) -> None:
        """Start it, and connect it to a broker: its override is gone."""
        self._broker = (host, port)
        self.override = 0
        self._apply()
        await self._connection.open(host, port)
        self._announce()
        self.publish()

    async def stop(self) -> None:
        """Take it off the network."""
        await self._connection.break_off()

    async def reboot(self) -> None:
        """Take its power away for a moment."""
        await self.stop()
        await self.start(*self._broker)

    def observe(self, now: float) -> None:
        """Follow the physics up to `now`, s, and publish when it is time to."""
        super().observe(now)
        is_due = now - self._published_at >= PUBLISH_INTERVAL
        if is_due or self.state != self._published_state:
            self.publish()

    # --- being told -----------------------------------------------------------------

    def _heard(self, topic: str, payload: str) -> None:
        match topic.removeprefix(f"{self.prefix}/Set/"):
            case "CurrentOverride":
                self._override_by(int(payload))
            case "Mode" if payload in ("Off", "Pause", "Normal"):
                self.mode = payload
            case "EnableC2" if payload in SECOND_CONTACTOR:
                self.second_contactor = payload
                phases = 1 if payload == "Always Off" else len(self.charger.wiring)
                self.charger.set_phases(phases, self.now)
        self._apply()
        self.publish()

    def _override_by(self, tenths: int) -> None:
        least = MINIMUM_SIGNALLED_CURRENT * TENTHS
        most = self.charger.max_current * TENTHS
        if tenths == 0 or least <= tenths <= most:
            self.override = tenths

    def _apply(self) -> None:
        limit = self.override / TENTHS or self.charger.max_current
        self.charger.set_limit(limit, self.now)
        self.charger.set_paused(self.mode != "Normal", self.now)

    # --- telling --------------------------------------------------------------------

    @property
    def state(self) -> str:
        """What it says of itself."""
        charger = self.charger
        if charger.status is ChargerStatus.DISCONNECTED:
            return "Ready to Charge"
        if charger.power:
            return "Charging" if self.mode == "Normal" else "Stop Charging"
        return "Connected to EV" if self.mode == "Normal" else "Charging Stopped"

    def publish(self) -> None:
        """Publish all."""
        self._published_at, self._published_state = self.now, self.state
        tenths = [round(phase.current * TENTHS) for phase in self.phases]
        figures = {
            **{f"EVCurrentL{n}": value for n, value in enumerate(tenths, start=1)},
            "Mode": self.mode,
            "EnableC2": self.second_contactor,
            "State": self.state,
            "Access": "Allow" if self.mode == "Normal" else "Pause",
            "MaxCurrent": round(self.charger.max_current * TENTHS),
            "ChargeCurrentOverride": self.override,
            "EVPlugState": "Connected" if self.charger.car else "Disconnected",
        }
        for name, figure in figures.items():
            retain = not name.startswith("EVCurrent")
            self._connection.publish(
                f"{self.prefix}/{name}", str(figure), retain=retain
            )

    def _announce(self) -> None:
        self.announced = 0
        for name in ("Max Current", *(f"EV Current L{n}" for n in (1, 2, 3))):
            self._announce_one(name, "sensor", CURRENT)
        for name in ("EV Plug State", "Access", "State"):
            self._announce_one(name, "sensor", {})
        self._announce_one(
            "Mode",
            "select",
            {
                "state_topic": f"{self.prefix}/Mode",
                "command_topic": f"{self.prefix}/Set/Mode",
                "options": MODES,
            },
        )
        self._announce_one(
            "EnableC2",
            "select",
            {
                "state_topic": f"{self.prefix}/EnableC2",
                "command_topic": f"{self.prefix}/Set/EnableC2",
                "options": SECOND_CONTACTOR,
            },
        )
        self._announce_one(
            "Charge Current Override",
            "number",
            {
                "command_topic": f"{self.prefix}/Set/CurrentOverride",
                "min": "0",
                "max": str(round(self.charger.max_current)),
                "mode": "slider",
                "value_template": "{{ value | int / 10 if value | is_number else none }}",
                "command_template": "{{ value | int * 10 }}",
            },
        )

    def _announce_one(self, name: str, domain: str, more: Mapping[str, object]) -> None:
        own = f"{self.prefix}-{name.replace(' ', '')}"
        self.announced += 1
        announced = {
            "name": name,
            "object_id": own,
            "unique_id": own,
            "state_topic": f"{self.prefix}/{name.replace(' ', '')}",
            "availability_topic": f"{self.prefix}/connected",
            "device": {
                "model": "SmartEVSE v3",
                "identifiers": self.prefix,
                "name": self.prefix,
                "manufacturer": "Stegen",
                "configuration_url": "http://192.0.2.50",
                "sw_version": "v3.9.3",
            },
            **more,
        }
        self._connection.publish(
            f"homeassistant/{domain}/{own}/config", json.dumps(announced), retain=True
        )
