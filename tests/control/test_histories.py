"""Whatever happens to whatever site: every decision keeps every law."""

from hypothesis import given

from custom_components.amp_guard.model import Site

from .laws import check
from .plant import Plant
from .strategies import Event, examples, histories, live, sites


@examples(150)
@given(site=sites(), history=histories())
def test_every_decision_keeps_every_law(site: Site, history: list[Event]) -> None:
    plant = Plant(site, phases=(3, 1, 2))
    for moment in live(plant, history):
        check(plant, moment)


@examples(150)
@given(site=sites(planned=True), history=histories(driven=True, planned=True))
def test_with_every_limit_of_a_plan(site: Site, history: list[Event]) -> None:
    """On power, of the difference between phases, ceilings, and phases that are chosen."""
    plant = Plant(site, phases=(3, 1, 2), driven=True)
    for moment in live(plant, history):
        check(plant, moment)


@examples(150)
@given(site=sites(), history=histories(driven=True))
def test_whatever_becomes_of_commands(site: Site, history: list[Event]) -> None:
    """Late, refused, in doubt or never there: what may be in force is kept free."""
    plant = Plant(site, phases=(3, 1, 2), driven=True)
    for moment in live(plant, history):
        check(plant, moment)
