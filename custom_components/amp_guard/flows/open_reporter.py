"""Perific/Enegic's Open Reporter: makes the credentials, and shows them once."""

from typing import Any

from homeassistant.config_entries import ConfigFlow
from homeassistant.const import CONF_USERNAME
from homeassistant.helpers.network import NoURLAvailableError, get_url
import voluptuous as vol

from ..const import (
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_MODEL,
    CONF_PASSWORD_HASH,
    CONF_SOURCE,
)
from ..meters import Source
from ..meters.open_reporter import TOKEN_PATH, UPDATE_PATH, hash_secret, make_secret
from ..model import Phase
from ..site.phases import format_phases
from . import MeterChoice, MeterWay, WayResult

MODEL = "Open Reporter"


class OpenReporterWay(MeterWay):
    """Tells what to enter at the service that reports."""

    def __init__(self, flow: ConfigFlow) -> None:
        """Make the credentials; of a reporter that is changed the password is."""
        super().__init__(flow)
        self._username = make_secret()
        self._password = make_secret()

    async def start(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Show the two addresses and the credentials."""
        username = self._current_data.get(CONF_USERNAME, self._username)
        if user_input is not None:
            return MeterChoice(
                title=MODEL,
                unique_id=username,
                data={
                    CONF_SOURCE: Source.OPEN_REPORTER,
                    CONF_MODEL: MODEL,
                    CONF_MEASURED_PHASES: format_phases(Phase),
                    CONF_MEASURED_QUANTITIES: ["current"],
                    CONF_USERNAME: username,
                    CONF_PASSWORD_HASH: hash_secret(self._password),
                },
            )
        address = self._address()
        return self._flow.async_show_form(
            step_id="open_reporter",
            data_schema=vol.Schema({}),
            description_placeholders={
                "token_url": f"{address}{TOKEN_PATH}",
                "update_url": f"{address}{UPDATE_PATH}",
                "username": username,
                "password": self._password,
            },
        )

    def _address(self) -> str:
        """Return where Home Assistant can be reached, best from outside."""
        try:
            return get_url(self._hass, prefer_external=True)
        except NoURLAvailableError:
            return "http://homeassistant.local:8123"
