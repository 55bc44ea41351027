"""Sending the actions that a profile holds as data."""

import asyncio
from collections.abc import Coroutine, Mapping
import math
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from .config import ChargerConfig
from .entities import ChargerEntities
from .profile import Action, Argument, Placeholder, Profile
from .reading import from_amperes

TOO_MANY_REQUESTS = re.compile(r"\b429\b|too many requests|rate.?limit", re.IGNORECASE)
"""What an integration says, in its own words, whose cloud was asked too often."""


ANSWER_TIMEOUT = 5.0
"""s that a charger has to answer a question: nothing of it may keep a cut waiting."""

type Filled = Mapping[Placeholder, object]
"""What stands for placeholders, where the caller knows it."""
NOTHING_FILLED: Filled = {}


class ChargerCommandError(HomeAssistantError):
    """The charger, or its integration, did not take a command."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Take the key of a translated text."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=placeholders,
        )

    def as_refusal(self) -> ChargerCommandError:
        """Return it as an error of which something may have reached the charger."""
        return ChargerCommandError(
            self.translation_key or "", **(self.translation_placeholders or {})
        )


class ChargerBusyError(ChargerCommandError):
    """The integration, or its cloud, was asked too often."""


class ChargerUnreachableError(ChargerCommandError):
    """Nothing of the command has left: there is nobody to take it."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("charger_unavailable")


class NotYetError(Exception):
    """An argument cannot be filled in yet."""


class ChargerActions:
    """What can be sent to one charger."""

    def __init__(
        self,
        hass: HomeAssistant,
        profile: Profile,
        config: ChargerConfig,
        entities: ChargerEntities,
    ) -> None:
        """Take the charger."""
        self._hass = hass
        self._profile = profile
        self._config = config
        self._entities = entities

    async def send(
        self,
        action: Action,
        current: float = 0.0,
        valid_for: float | None = None,
        filled: Filled = NOTHING_FILLED,
    ) -> None:
        """Send an action, its arguments filled in with A and s, or as they are `filled`.

        Raises ChargerCommandError if it is not taken.
        """
        current = self._in_unit_of(action, current)
        domain, name, data = self._call(action, current, valid_for, filled)
        await self._carry_out(
            self._hass.services.async_call(domain, name, data, blocking=True)
        )

    async def try_out(self, action: Action, current: float) -> bool:
        """Send an action; return whether it was answered in time, and taken.

        Raises ChargerCommandError if it is not taken.
        """
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                await self.send(action, current)
        except TimeoutError:
            return False
        return True

    async def ask(self, action: Action, filled: Filled = NOTHING_FILLED) -> object:
        """Send an action that answers; return its answer's `value`.

        Raises ChargerCommandError if it is not taken, or not answered in time.
        """
        domain, name, data = self._call(action, 0.0, None, filled)
        asking = self._hass.services.async_call(
            domain, name, data, blocking=True, return_response=True
        )
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                answer = await self._carry_out(asking)
        except TimeoutError as error:
            raise ChargerCommandError("charger_refused", error="timeout") from error
        return (answer or {}).get("value")

    def _call(
        self,
        action: Action,
        current: float,
        valid_for: float | None,
        filled: Filled,
    ) -> tuple[str, str, dict[str, Any]]:
        """Return an action's domain, name and data."""
        data = {
            key: self._fill(argument, current, valid_for, filled)
            for key, argument in action.data.items()
        }
        domain, _, name = action.name.rpartition(".")
        if action.role is not None:
            entity_id = self._entities.entity_id(action.role)
            # Home Assistant drops an action on an unavailable entity without a word.
            if entity_id is None or self._entities.state(action.role) is None:
                raise ChargerUnreachableError
            domain = entity_id.partition(".")[0]
            data["entity_id"] = entity_id
        return domain, name, data

    def _in_unit_of(self, action: Action, current: float) -> float:
        """Return A in the unit that an entity has: its owner may have chosen mA."""
        if action.role is None:
            return current
        return from_amperes(current, self._entities.unit(action.role))

    async def _carry_out[R](self, call: Coroutine[Any, Any, R]) -> R:
        """Wait for an action, but never cancel it; return its answer.

        Many integrations refresh their coordinator within it; cancelled there, a
        coordinator stops polling for good. In the background: one that hangs does not
        keep Home Assistant from starting.
        """
        task = self._hass.async_create_background_task(
            call, f"Amp Guard action {self._config.id}", eager_start=True
        )
        task.add_done_callback(_take_exception)
        try:
            return await asyncio.shield(task)
        except ServiceNotFound as error:
            raise ChargerUnreachableError from error
        except Exception as error:
            refusal = ChargerCommandError
            if TOO_MANY_REQUESTS.search(str(error)):
                refusal = ChargerBusyError
            raise refusal("charger_refused", error=str(error)) from error

    def _fill(
        self,
        argument: Argument,
        current: float,
        valid_for: float | None,
        filled: Filled,
    ) -> object:
        if isinstance(argument, Placeholder) and argument in filled:
            return filled[argument]
        match argument:
            case Placeholder.CURRENT:
                return int(current) if current.is_integer() else round(current, 1)
            case Placeholder.VALID_MINUTES:
                return math.ceil((valid_for or 0) / 60)
            case Placeholder.DEVICE_ID:
                return self._config.device_id
            case Placeholder.IDENTIFIER:
                return self._named()["identifier"]
            case Placeholder.CONNECTOR:
                return self.own_connector or self._config.connector
        return argument

    @property
    def own_connector(self) -> int | None:
        """The connector whose device this is, None where it is the whole charger's."""
        connector = self._named().get("connector")
        return None if connector is None else int(connector)

    def _named(self) -> dict[str, str | None]:
        """Return what the device's identifier says of it."""
        device = dr.async_get(self._hass).async_get(self._config.device_id or "")
        for domain, identifier, *_ in device.identifiers if device else ():
            if domain != self._profile.integration:
                continue
            named = re.fullmatch(self._profile.identifier, identifier)
            if named is not None:
                return named.groupdict()
        raise ChargerUnreachableError


def _take_exception(task: asyncio.Task[Any]) -> None:
    """Mark an exception as seen, also where nobody waits for the action any more."""
    if not task.cancelled():
        task.exception()
