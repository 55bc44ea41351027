"""The dashboard: the main fuse, the group, each charger, and how they have been."""

from collections.abc import Sequence
from typing import Any

from .entities import Below, Entities

TITLE = "Amp Guard"
HISTORY_HOURS = 0.25
"""What its graphs look back on."""
NEAR_LIMIT = 0.8
"""Of the main fuse: from there on a gauge is yellow."""
GAUGE_RANGE = 1.6
"""Of the main fuse: what melts a gG fuse within the hour is the end of the scale."""

type Card = dict[str, Any]


def dashboard(entities: Entities, supply_max_current: float) -> dict[str, Any]:
    """Return a dashboard's configuration; `supply_max_current` is in A."""
    return {
        "views": [
            {
                "title": TITLE,
                "type": "sections",
                "max_columns": 3,
                "sections": [
                    _main_fuse(entities, supply_max_current),
                    *(_charger(charger) for charger in entities.chargers),
                ],
            }
        ]
    }


def _main_fuse(entities: Entities, limit: float) -> Card:
    currents = entities.of_meter("current")
    return _section(
        f"Main fuse {limit:.0f} A",
        *(_gauge(current, limit) for current in currents),
        *(_tile(group["overload"]) for group in entities.groups),
        *(_tile(group["load_balancing"]) for group in entities.groups),
        _history(currents),
    )


def _charger(charger: Below) -> Card:
    currents = [charger["drawn_current"], charger["allocated_current"]]
    return _section(
        charger.name,
        *(_tile(current) for current in currents),
        _tile(charger["reason"]),
        _history(currents),
    )


def _section(title: str, *cards: Card) -> Card:
    heading = {"type": "heading", "heading": title}
    return {"type": "grid", "cards": [heading, *cards]}


def _gauge(entity_id: str, limit: float) -> Card:
    return {
        "type": "gauge",
        "entity": entity_id,
        "name": f"L{entity_id[-1]}",
        "min": 0,
        "max": limit * GAUGE_RANGE,
        "needle": True,
        "severity": {"green": 0, "yellow": limit * NEAR_LIMIT, "red": limit},
        "grid_options": {"columns": 4},
    }


def _tile(entity_id: str) -> Card:
    return {
        "type": "tile",
        "entity": entity_id,
        "name": {"type": "entity"},
        "grid_options": {"columns": "full"},
    }


def _history(entity_ids: Sequence[str]) -> Card:
    return {
        "type": "history-graph",
        "hours_to_show": HISTORY_HOURS,
        "entities": [
            {"entity": entity_id, "name": {"type": "entity"}}
            for entity_id in entity_ids
        ],
    }
