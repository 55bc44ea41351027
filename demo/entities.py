"""The entities of the meter, its groups and its chargers, found as the frontend does.

By the config entry, the subentry and the translation key, never by a guessed name.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .browser import LOOK_INTERVAL, Browser, RefusedError

SETTLE_TIMEOUT = 60.0
"""s until everything that was added shows a state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Below:
    """What is below the meter: a group or a charger, with its entities."""

    name: str
    kind: str
    entity_ids: dict[str, str]

    def __getitem__(self, translation_key: str) -> str:
        """Return the id of one of its entities."""
        return self.entity_ids[translation_key]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entities:
    """Those of one config entry, disabled ones left out."""

    registered: Sequence[dict[str, Any]]
    subentries: Sequence[dict[str, Any]]

    @property
    def groups(self) -> list[Below]:
        """The groups, in the order in which they were added."""
        return [each for each in self._below() if each.kind == "group"]

    @property
    def chargers(self) -> list[Below]:
        """The chargers, in the order in which they were added."""
        return [each for each in self._below() if each.kind == "charger"]

    def of_meter(self, translation_key: str) -> list[str]:
        """Return the ids of the meter's entities of one kind, a phase after another."""
        return sorted(
            entity["entity_id"]
            for entity in self.registered
            if entity["translation_key"] == translation_key
            and entity["config_subentry_id"] is None
        )

    def _below(self) -> list[Below]:
        return [
            Below(
                name=subentry["title"],
                kind=subentry["subentry_type"],
                entity_ids={
                    entity["translation_key"]: entity["entity_id"]
                    for entity in self.registered
                    if entity["config_subentry_id"] == subentry["subentry_id"]
                },
            )
            for subentry in self.subentries
        ]


async def find_entities(browser: Browser, entry_id: str) -> Entities:
    """Return the entities of an entry, once all of them show a state.

    Raises `RefusedError` where they never do.
    """
    try:
        async with asyncio.timeout(SETTLE_TIMEOUT):
            while True:
                entities = await _registered(browser, entry_id)
                if await _are_there(browser, entities):
                    return entities
                await asyncio.sleep(LOOK_INTERVAL)
    except TimeoutError as error:
        msg = f"an entity shows no state after {SETTLE_TIMEOUT:.0f} s"
        raise RefusedError(msg) from error


async def _registered(browser: Browser, entry_id: str) -> Entities:
    registry = await browser.command("config/entity_registry/list")
    return Entities(
        registered=[
            entity
            for entity in registry
            if entity["config_entry_id"] == entry_id and not entity["disabled_by"]
        ],
        subentries=await browser.command(
            "config_entries/subentries/list", entry_id=entry_id
        ),
    )


async def _are_there(browser: Browser, entities: Entities) -> bool:
    """Say whether each subentry has entities, and each of those a state."""
    if not all(each.entity_ids for each in (*entities.groups, *entities.chargers)):
        return False
    available = {
        state["entity_id"]
        for state in await browser.command("get_states")
        if state["state"] != "unavailable"
    }
    return all(entity["entity_id"] in available for entity in entities.registered)
