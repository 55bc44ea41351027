"""The order in which things are named is nothing, and the same comes of the same."""

from dataclasses import replace
from random import Random

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.model import Decision, Site

from .plant import Plant
from .strategies import Event, examples, histories, live, sites


def decisions(site: Site, history: list[Event]) -> list[Decision]:
    """Return every decision of a history."""
    plant = Plant(site, phases=(3, 1, 2))
    return [moment.decision for moment in live(plant, history)]


@examples(60)
@given(site=sites(), history=histories())
def test_identical_histories_give_identical_decisions(
    site: Site, history: list[Event]
) -> None:
    assert decisions(site, history) == decisions(site, history)


@examples(60)
@given(site=sites(), history=histories(), seed=st.integers(0, 1000))
def test_order_of_groups_and_chargers_does_not_matter(
    site: Site, history: list[Event], seed: int
) -> None:
    random = Random(seed)
    shuffled = replace(
        site,
        groups=tuple(random.sample(site.groups, len(site.groups))),
        chargers=tuple(random.sample(site.chargers, len(site.chargers))),
    )
    pairs = zip(decisions(site, history), decisions(shuffled, history), strict=True)
    for one, other in pairs:
        assert one.allocations == other.allocations
        for node, state in one.nodes.items():
            assert state.base_load == pytest.approx(other.nodes[node].base_load)
            assert state.trust is other.nodes[node].trust
