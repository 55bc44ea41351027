"""A Peblar's electronics: what its two interfaces show and change alike."""

import json
from pathlib import Path
import secrets
from typing import Any

from simulator.charger import ChargerModel

from .charger import ChargerDevice

FACTORY: dict[str, Any] = json.loads(
    Path(__file__).with_name("peblar.json").read_text(encoding="utf-8")
)
"""What the charger says of its hardware, and how it is configured when new."""


class PeblarElectronics(ChargerDevice):
    """A three-phase Peblar with a socket, left to charge without authorization."""

    integration = "peblar"

    def __init__(self, charger: ChargerModel) -> None:
        """Give `charger` its electronics."""
        super().__init__(charger, serial_number="26-01-A1B-C2D")
        self.password = "peblar"  # noqa: S105 - of a simulated charger
        self.firmware = "1.10.0"
        self.available_firmware = self.firmware
        """What an update installs."""
        self.charge_current_limit = round(charger.limit * 1000)
        """mA, as last told through the local REST API."""
        self.force_1_phase_allowed = False
        """Whether the installer allows it to be forced to one phase."""
        self.force_1_phase = False
        self.rfid_tokens: dict[str, str] = {}
        """The description of each card by its UID."""
        self.system_information = FACTORY["system_information"] | {
            "HwMaxCurrent": round(charger.max_current),
            "ProductSn": self.serial_number,
        }
        self.configuration = FACTORY["user_configuration"] | {
            "CurrentCtrlFixedChargeCurrentLimit": round(charger.max_current),
            "UserDefinedChargeLimitCurrent": round(charger.max_current),
        }
        self.logins: set[str] = set()
        """The cookies that open the web interface."""
        self.api_token = secrets.token_hex()
        """What opens the local REST API."""
        self.started_at = 0.0
        """s of the world's time."""

    @property
    def flow_input(self) -> dict[str, str]:
        """What Home Assistant's config flow for it asks for."""
        return {"host": self.address, "password": self.password}

    def restart(self) -> None:
        """Start the electronics anew: logins and the API token are forgotten."""
        self.logins.clear()
        self.api_token = secrets.token_hex()
        self.started_at = self.now
