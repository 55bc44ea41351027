"""Where an Amp Guard is: followed to another address, which is told, and taken back.

Its former address is asked again and again until somebody has confirmed the new one.
Who announces the meter's serial number and does not prove that it has the PIN is told
of, and not followed.
"""

import asyncio
from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..const import CONF_FORMER_HOST, DOMAIN, AmpGuardConfigEntry
from ..meters import MeterAuthenticationError, MeterError
from ..meters.amp_guard_client import AmpGuardClient

_LOGGER = logging.getLogger(__name__)

ASK_INTERVAL = 60.0
"""s between asking the former address whether the meter is back."""
MOVED_ISSUE = "meter_moved"
"""What `repairs.py` mends where the meter was moved indeed."""
UNPROVED_ISSUE = "meter_unproved"


async def prove(hass: HomeAssistant, entry: AmpGuardConfigEntry, host: str) -> None:
    """Have the meter of an entry prove that it is at an address.

    Raises MeterError where it is not.
    """
    client = AmpGuardClient(
        async_get_clientsession(hass), host=host, pin=entry.data[CONF_PIN]
    )
    await client.prove(entry.unique_id)


async def follow(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, host: str
) -> Mapping[str, Any] | None:
    """Return what changes in the data of an entry whose meter was announced at `host`.

    None where nothing does: the meter is where it was (one that has two addresses, by
    cable and by Wi-Fi, is left at the first), or does not prove that it is there.
    """
    before = entry.data[CONF_HOST]
    if host == before or await _is_at(hass, entry, before):
        return None
    if not await _is_at(hass, entry, host):
        return None
    former = entry.data.get(CONF_FORMER_HOST) or before
    return {CONF_HOST: host, CONF_FORMER_HOST: None if former == host else former}


@callback
def watch_address(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Tell of a new address, and take it back, for as long as the entry is loaded."""
    if (former := entry.data.get(CONF_FORMER_HOST)) is None:
        ir.async_delete_issue(hass, DOMAIN, _id(MOVED_ISSUE, entry))
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        _id(MOVED_ISSUE, entry),
        data={"entry_id": entry.entry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=MOVED_ISSUE,
        translation_placeholders={
            "supply": entry.title,
            "host": entry.data[CONF_HOST],
            "former_host": former,
        },
    )
    entry.async_create_background_task(
        hass, _take_back(hass, entry, former), "Amp Guard at its former address"
    )


@callback
def confirm_address(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Forget the former address: somebody says that the meter was moved."""
    _change(hass, entry, {CONF_FORMER_HOST: None})


@callback
def forget_address(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Take back what is told of an entry that is removed."""
    for kind in (MOVED_ISSUE, UNPROVED_ISSUE):
        ir.async_delete_issue(hass, DOMAIN, _id(kind, entry))


async def _take_back(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, former: str
) -> None:
    while not await _is_at(hass, entry, former, tells=False):  # noqa: ASYNC110 - only asking tells
        await asyncio.sleep(ASK_INTERVAL)
    _LOGGER.warning("The meter of %s is back at %s", entry.title, former)
    _change(hass, entry, {CONF_HOST: former, CONF_FORMER_HOST: None})


async def _is_at(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, host: str, *, tells: bool = True
) -> bool:
    try:
        await prove(hass, entry, host)
    except MeterAuthenticationError:
        if tells:
            _tell_unproved(hass, entry, host)
        return False
    except MeterError:
        return False
    return True


def _tell_unproved(hass: HomeAssistant, entry: AmpGuardConfigEntry, host: str) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        _id(UNPROVED_ISSUE, entry),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=UNPROVED_ISSUE,
        translation_placeholders={"supply": entry.title, "host": host},
    )


def _change(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, changes: Mapping[str, Any]
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, **changes})


def _id(kind: str, entry: AmpGuardConfigEntry) -> str:
    return f"{kind}_{entry.entry_id}"
