"""What the entities show, and when it is worth showing."""

from collections.abc import Mapping
from dataclasses import dataclass

from .meters import MeterSample
from .model import ChargerReading, Decision

PUBLISH_INTERVAL = 10.0
"""s between publications in ordinary times: each state written costs a row."""
NEAR_LIMIT = 1.0
"""A that may still be given when a limit counts as near."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """One moment of the loop: what was known, and what was decided on it.

    `samples` and `connected` are by node, `readings` by charger.
    """

    samples: Mapping[str, MeterSample]
    connected: Mapping[str, bool]
    readings: Mapping[str, ChargerReading]
    decision: Decision


def is_news(before: Published, now: Published) -> bool:
    """Say whether something happened that cannot wait for the next publication."""
    if any(node.overloaded for node in now.decision.nodes.values()):
        return True
    return _facts(before) != _facts(now)


def _facts(published: Published) -> tuple[object, ...]:
    """Return what does not change by itself all the time, as measurements do."""
    decision = published.decision
    return (
        published.connected,
        {
            charger: (allocation.current, allocation.reason)
            for charger, allocation in decision.allocations.items()
        },
        {charger: reading.status for charger, reading in published.readings.items()},
        {
            node: (state.trust, state.overloaded, min(state.available) < NEAR_LIMIT)
            for node, state in decision.nodes.items()
        },
        decision.not_following,
    )
