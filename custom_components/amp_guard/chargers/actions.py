"""Sending the actions that a profile holds as data."""

import asyncio
from collections.abc import Coroutine, Mapping
import math
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .config import ChargerConfig
from .entities import ChargerEntities
from .profile import Action, Argument, Placeholder, Profile, Role

COMMAND_TIMEOUT = 5.0
"""s that an action may take before the charger counts as not answering."""


class ChargerCommandError(HomeAssistantError):
    """The charger, or its integration, did not take a command."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Take the key of a translated text."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=placeholders,
        )


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
        self, action: Action, current: float = 0.0, valid_for: float | None = None
    ) -> None:
        """Send an action, its arguments filled in with A and s.

        Raises ChargerCommandError if it is not taken, NotYetError if an argument is
        still to come.
        """
        data = {
            key: self._fill(argument, current, valid_for)
            for key, argument in action.data.items()
        }
        domain, _, name = action.name.rpartition(".")
        if action.role is not None:
            entity_id = self._entities.entity_id(action.role)
            # Home Assistant drops an action on an unavailable entity without a word.
            if entity_id is None or self._entities.state(action.role) is None:
                raise ChargerCommandError("charger_unavailable")
            domain = entity_id.partition(".")[0]
            data["entity_id"] = entity_id
        await self._wait_for(
            self._hass.services.async_call(domain, name, data, blocking=True)
        )

    async def _wait_for(self, call: Coroutine[Any, Any, Any]) -> None:
        """Wait for an action, but never cancel it.

        Many integrations refresh their coordinator within it; cancelled there, a
        coordinator stops polling for good.
        """
        task = self._hass.async_create_task(
            call, f"Amp Guard action {self._config.id}", eager_start=True
        )
        task.add_done_callback(_take_exception)
        done, _ = await asyncio.wait({task}, timeout=COMMAND_TIMEOUT)
        if not done:
            raise ChargerCommandError("charger_timeout")
        if (error := task.exception()) is not None:
            raise ChargerCommandError("charger_refused", error=str(error)) from error

    def _fill(
        self, argument: Argument, current: float, valid_for: float | None
    ) -> object:
        if isinstance(argument, Mapping):
            return {
                key: self._fill(inner, current, valid_for)
                for key, inner in argument.items()
            }
        if isinstance(argument, tuple):
            return [self._fill(inner, current, valid_for) for inner in argument]
        match argument:
            case Placeholder.CURRENT:
                return int(current) if current.is_integer() else round(current, 1)
            case Placeholder.VALID_SECONDS:
                return math.ceil(valid_for or 0)
            case Placeholder.VALID_MINUTES:
                return math.ceil((valid_for or 0) / 60)
            case Placeholder.DEVICE_ID:
                return self._config.device_id
            case Placeholder.IDENTIFIER:
                return self._named()["identifier"]
            case Placeholder.CONNECTOR:
                return int(self._named().get("connector") or self._config.connector)
            case Placeholder.TRANSACTION:
                return self._transaction()
            case Placeholder.NOW:
                return dt_util.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
        return argument

    def _named(self) -> dict[str, str | None]:
        """Return what the device's identifier says of it."""
        device = dr.async_get(self._hass).async_get(self._config.device_id or "")
        for domain, identifier, *_ in device.identifiers if device else ():
            if domain != self._profile.integration:
                continue
            named = re.fullmatch(self._profile.identifier, identifier)
            if named is not None:
                return named.groupdict()
        raise ChargerCommandError("charger_unavailable")

    def _transaction(self) -> int:
        if self._entities.state(Role.TRANSACTION) is None:
            raise ChargerCommandError("charger_unavailable")
        value = self._entities.value(Role.TRANSACTION) or ""
        if not value.isdecimal() or int(value) == 0:
            raise NotYetError
        return int(value)


def _take_exception(task: asyncio.Task[Any]) -> None:
    """Mark an exception as seen, also where nobody waits for the action any more."""
    if not task.cancelled():
        task.exception()
