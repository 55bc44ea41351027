"""The card's file: served, and named once among the dashboards' resources.

A module resource is loaded before any dashboard is drawn. (An extra module of the
frontend is not: it races with the frontend's own registry of elements.)
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

FILE = Path(__file__).parent / "amp-guard-card.js"
PATH = "/amp_guard/amp-guard-card.js"


@dataclass(kw_only=True, slots=True)
class Card:
    """The file as it is now: `version` tells it from another one."""

    version: str
    lock: asyncio.Lock

    @property
    def url(self) -> str:
        """Where a browser finds it; another file is at another address."""
        return f"{PATH}?v={self.version}"


CARD: HassKey[Card] = HassKey("amp_guard_card")


async def serve_card(hass: HomeAssistant) -> None:
    """Serve the file, whoever asks for it."""
    content = await hass.async_add_executor_job(FILE.read_bytes)
    hass.data[CARD] = Card(version=sha256(content).hexdigest()[:8], lock=asyncio.Lock())
    # Not to be cached for a month: where resources are kept in YAML, nothing changes
    # the address when the file changes.
    paths = [StaticPathConfig(PATH, str(FILE), cache_headers=False)]
    await hass.http.async_register_static_paths(paths)


async def add_card(hass: HomeAssistant) -> None:
    """See that the file is among the resources once, at its present address.

    Does nothing where resources are kept in YAML: there the owner adds it.
    """
    if (resources := await _resources(hass)) is None:
        return
    card = hass.data[CARD]
    async with card.lock:
        ours = list(_ours(resources))
        if not ours:
            created = {"res_type": "module", "url": card.url}
            await resources.async_create_item(created)
        for item in ours[:1]:
            if item["url"] != card.url:
                await resources.async_update_item(item["id"], {"url": card.url})
        for item in ours[1:]:
            await resources.async_delete_item(item["id"])


async def remove_card(hass: HomeAssistant) -> None:
    """Take the file out of the resources."""
    if (resources := await _resources(hass)) is None:
        return
    async with hass.data[CARD].lock:
        for item in list(_ours(resources)):
            await resources.async_delete_item(item["id"])


async def _resources(hass: HomeAssistant) -> ResourceStorageCollection | None:
    """Return the resources that can be changed, None where there are none."""
    if (lovelace := hass.data.get(LOVELACE_DATA)) is None:
        return None
    if not isinstance(lovelace.resources, ResourceStorageCollection):
        return None
    await lovelace.resources.async_get_info()  # loads them, where they are not yet
    return lovelace.resources


def _ours(resources: ResourceStorageCollection) -> Iterable[dict[str, Any]]:
    return (
        item
        for item in resources.async_items()
        if item["url"].partition("?")[0] == PATH
    )
