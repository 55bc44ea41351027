"""A new Amp Guard is put on the property's Wi-Fi, as the manual says, and awaited there.

The Wi-Fi password goes to the device's page and nowhere else: no step keeps it.
"""

import asyncio
from contextlib import suppress
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..const import CONF_NETWORK_NAME, CONF_SERIAL_NUMBER
from ..provisioning import (
    AnotherDeviceError,
    FormNotFoundError,
    NetworkNotListedError,
    NoReplyError,
    NotTheDeviceError,
    PageUnreachableError,
    WifiPageError,
)
from ..provisioning.credentials import (
    Credentials,
    clean_serial_number,
    device_network,
    network_name_error,
    password_error,
    pin_error,
    serial_number_error,
)
from ..provisioning.search import FoundMeter
from ..provisioning.wifi_form import Answer, Outcome
from ..provisioning.wifi_page import DEVICE_PAGE, read_wifi_form, submit_wifi_form
from ..provisioning.words import Purpose
from ..site.rules import Errors
from . import MeterChoice, MeterWay, WayResult
from .amp_guard import try_meter
from .discovery import MAX_SHOWN, METER_SEEN, DiscoveryWay, search_lan
from .forms.meter import NEW_METER_SCHEMA, wifi_schema

WAIT = 180.0
"""s until the user is asked what to do about a meter that does not appear."""
SEARCH_INTERVAL = 10.0
"""s between searches of the LAN for a meter that does not make itself known."""
OTHERS_WITHIN = 30.0
"""s that others are waited for after one that does not prove that it has the PIN: who
comes first need not be the meter."""
START_INTERVAL = 2.0
"""s between asking a meter for its first sample."""

STARTING = {"base": "cannot_connect"}
"""What trying a meter's PIN gives while it answers but has no sample yet."""

BY_PHONE: dict[type[WifiPageError], Errors] = {
    PageUnreachableError: {},
    NotTheDeviceError: {"base": "not_the_device"},
    FormNotFoundError: {"base": "form_not_found"},
}
"""Why the page has to be filled in by hand; that it is out of reach is the usual."""

type Reached = tuple[list[FoundMeter], MeterChoice | Errors]
"""Who appeared on the LAN as the meter, and what came of trying its PIN last."""


class WifiWay(MeterWay):
    """From a new meter's serial number to the meter on the property's network."""

    def __init__(self, flow: ConfigFlow, discovery: DiscoveryWay) -> None:
        """Start with nothing entered; a meter whose PIN is wrong goes to `discovery`."""
        super().__init__(flow)
        self._discovery = discovery
        self._serial_number = ""
        self._pin = ""
        self._networks: tuple[str, ...] = ()  # that the device sees
        self._network_name = ""
        self._arrival: asyncio.Task[Reached | None] | None = None
        self._reached: Reached

    # --- what is asked ----------------------------------------------------------------

    async def start(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which Amp Guard it is, and look whether its page can be reached."""
        if user_input is None:
            return self._ask_for_meter()
        self._serial_number = clean_serial_number(user_input[CONF_SERIAL_NUMBER])
        self._pin = user_input[CONF_PIN].strip()
        errors = _without_none(
            {
                CONF_SERIAL_NUMBER: serial_number_error(self._serial_number),
                CONF_PIN: pin_error(self._pin),
            }
        )
        if errors:
            return self._ask_for_meter(errors)
        await self._flow.async_set_unique_id(
            self._serial_number, raise_on_progress=False
        )
        try:
            form = await read_wifi_form(
                async_get_clientsession(self._hass), self._serial_number
            )
        except AnotherDeviceError:
            return self._ask_for_meter({CONF_SERIAL_NUMBER: "another_device"})
        except WifiPageError:
            self._networks = ()  # why is told when there is something to submit
        else:
            self._networks = form.networks
        return self._ask_for_network()

    async def submit_network(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Give the property's network to the device's page."""
        if user_input is None:
            return self._ask_for_network()
        self._network_name = user_input[CONF_NETWORK_NAME]
        password = user_input[CONF_PASSWORD]
        errors = _without_none(
            {
                CONF_NETWORK_NAME: network_name_error(self._network_name),
                CONF_PASSWORD: password_error(password),
            }
        )
        if errors:
            return self._ask_for_network(errors)
        try:
            answer = await submit_wifi_form(
                async_get_clientsession(self._hass),
                Credentials(
                    serial_number=self._serial_number,
                    pin=self._pin,
                    network_name=self._network_name,
                    password=password,
                ),
            )
        except AnotherDeviceError:
            return self._ask_for_meter({CONF_SERIAL_NUMBER: "another_device"})
        except NetworkNotListedError:
            return self._ask_for_network({CONF_NETWORK_NAME: "network_not_listed"})
        except NoReplyError:
            return self.wait()
        except WifiPageError as error:
            return self._ask_to_use_phone(BY_PHONE[type(error)])
        if answer.outcome is Outcome.REFUSED:
            return self._ask_again(answer)
        return self.wait()

    def _ask_for_meter(
        self, errors: Errors | None = None, message: str = ""
    ) -> ConfigFlowResult:
        return self._flow.async_show_form(
            step_id="wifi",
            data_schema=self._flow.add_suggested_values_to_schema(
                NEW_METER_SCHEMA, {CONF_SERIAL_NUMBER: self._serial_number}
            ),
            errors=errors,
            description_placeholders={"message": message},
        )

    def _ask_for_network(
        self, errors: Errors | None = None, message: str = ""
    ) -> ConfigFlowResult:
        return self._flow.async_show_form(
            step_id="wifi_network",
            data_schema=self._flow.add_suggested_values_to_schema(
                wifi_schema(self._networks), {CONF_NETWORK_NAME: self._network_name}
            ),
            errors=errors,
            description_placeholders={**self._placeholders, "message": message},
        )

    def _ask_to_use_phone(self, errors: Errors) -> ConfigFlowResult:
        return self._flow.async_show_form(
            step_id="wifi_phone",
            errors=errors,
            description_placeholders=self._placeholders,
        )

    def _ask_again(self, refusal: Answer) -> ConfigFlowResult:
        """Ask for what the device refused, where it can be mended."""
        match refusal.about:
            case Purpose.PIN:
                errors = {CONF_PIN: "pin_refused"}
                return self._ask_for_meter(errors, refusal.message)
            case Purpose.SERIAL_NUMBER:
                errors = {CONF_SERIAL_NUMBER: "serial_number_refused"}
                return self._ask_for_meter(errors, refusal.message)
        return self._ask_for_network({"base": "wifi_refused"}, refusal.message)

    @property
    def _placeholders(self) -> dict[str, str]:
        return {
            "device_network": device_network(self._serial_number),
            "pin": self._pin,
            "page": str(DEVICE_PAGE.host),
            "network_name": self._network_name,
        }

    # --- the meter appears --------------------------------------------------------------

    def wait(self) -> ConfigFlowResult:
        """Wait until the meter is on the property's network."""
        if self._arrival is None:
            self._arrival = self._hass.async_create_background_task(
                await_meter(self._hass, self._serial_number, self._pin),
                f"Wait for {self._serial_number}",
            )
        if not self._arrival.done():
            return self._flow.async_show_progress(
                step_id="wifi_wait",
                progress_action="wifi_wait",
                description_placeholders=self._placeholders,
                progress_task=self._arrival,
            )
        reached = self._arrival.result()
        self._arrival = None
        if reached is None:
            return self._flow.async_show_progress_done(next_step_id="wifi_not_found")
        self._reached = reached
        return self._flow.async_show_progress_done(next_step_id="wifi_found")

    async def arrived(self) -> WayResult:
        """Go on with the meter, or ask for its PIN once more."""
        meters, choice = self._reached
        if isinstance(choice, MeterChoice):
            return choice
        if len(meters) > 1:
            return self._discovery.ask_which(meters, choice)
        return await self._discovery.ask_pin(meters[0], choice)

    def not_found(self) -> ConfigFlowResult:
        """Ask what to do about a meter that does not appear."""
        return self._flow.async_show_menu(
            step_id="wifi_not_found",
            menu_options=["wifi_wait", "wifi", "address"],
            description_placeholders=self._placeholders,
        )


async def await_meter(
    hass: HomeAssistant, serial_number: str, pin: str
) -> Reached | None:
    """Return the meter as soon as it is found and has a sample; None if it is not.

    It makes itself known by mDNS or DHCP where Home Assistant can hear it; where it
    cannot, the LAN is searched again and again. Each that says it is the meter is asked
    to prove it, beside the others.
    """
    tried: dict[str, asyncio.Task[None]] = {}  # by host
    outcomes: asyncio.Queue[tuple[FoundMeter, MeterChoice | Errors]] = asyncio.Queue()
    refused: list[FoundMeter] = []
    why: Errors = {}

    async def try_pin(meter: FoundMeter) -> None:
        outcomes.put_nowait((meter, await _try_pin(hass, meter, pin)))

    @callback
    def on_seen(meter: FoundMeter) -> None:
        is_new = meter.host not in tried and len(tried) < MAX_SHOWN
        if meter.serial_number == serial_number and is_new:
            tried[meter.host] = hass.async_create_task(try_pin(meter))

    stop_listening = async_dispatcher_connect(hass, METER_SEEN, on_seen)
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT
    try:
        async with asyncio.timeout_at(end) as wait:
            while True:
                for meter in await search_lan(hass):
                    on_seen(meter)
                with suppress(TimeoutError):
                    meter, outcome = await asyncio.wait_for(
                        outcomes.get(), SEARCH_INTERVAL
                    )
                    if isinstance(outcome, MeterChoice):
                        return [meter], outcome
                    if not refused:
                        wait.reschedule(min(end, loop.time() + OTHERS_WITHIN))
                    refused.append(meter)
                    why = outcome
    except TimeoutError:
        return (refused, why) if refused else None
    finally:
        stop_listening()
        for task in tried.values():
            task.cancel()


async def _try_pin(
    hass: HomeAssistant, meter: FoundMeter, pin: str
) -> MeterChoice | Errors:
    """Return what comes of a meter's PIN, once the meter has a sample."""
    credentials = {CONF_HOST: meter.host, CONF_PIN: pin}
    while (  # noqa: ASYNC110 - only asking tells
        outcome := await try_meter(hass, credentials)
    ) == STARTING:
        await asyncio.sleep(START_INTERVAL)
    return outcome


def _without_none(errors: dict[str, str | None]) -> Errors:
    return {field: error for field, error in errors.items() if error}
