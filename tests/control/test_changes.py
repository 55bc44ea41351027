"""A figure of the site is changed while cars charge: what is known goes on."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Charger,
    MeterTrust,
    PhaseValues,
    Reason,
    Site,
    SiteError,
)

from .plant import Plant
from .sites import charger, group, home
from .strategies import examples


def with_charger(site: Site, name: str, **changed: object) -> Site:
    """Return the site with figures of one charger changed."""
    chargers = tuple(
        replace(each, **changed) if each.id == name else each for each in site.chargers
    )
    return replace(site, chargers=chargers)


def paused(plant: Plant) -> str:
    """Return the only charger that waits while its car would charge."""
    assert plant.last is not None
    allocations = plant.last.decision.allocations
    [name] = [name for name, each in allocations.items() if not each.current]
    return name


def crowded(*chargers: Charger) -> Plant:
    """Return a home that leaves enough for one of two cars."""
    plant = Plant(home(*chargers))
    plant.loads[SUPPLY_ID] = PhaseValues(14.0, 14.0, 14.0)
    plant.settle(120)
    return plant


def test_a_pause_lasts() -> None:
    plant = crowded(charger("a"), charger("b"))
    waits = paused(plant)
    charges = "b" if waits == "a" else "a"
    plant.outlets[charges].full = True
    plant.settle(200)
    plant.outlets[charges].full = False
    plant.loads[SUPPLY_ID] = PhaseValues(24.0, 24.0, 24.0)
    plant.settle(10)
    plant.loads[SUPPLY_ID] = PhaseValues(1.0, 1.0, 1.0)
    plant.settle(40)
    plant.change(with_charger(plant.site, waits, priority=2, max_current=15.0))
    # What paused it a moment ago was an overload, and that is not forgotten.
    for moment in plant.run(60):
        assert moment.decision.allocations[waits].current == 0
        assert moment.decision.allocations[waits].reason is Reason.MINIMUM_OFF


def test_phases_that_a_car_leaves_unused_stay_free() -> None:
    plant = Plant(home(charger("a"), charger("b"), fuse=32.0), phases=(1, 3))
    plant.loads[SUPPLY_ID] = PhaseValues(0.0, 14.0, 14.0)
    before = plant.settle(300).decision
    assert before.allocations["a"].current == 16.0
    assert before.allocations["b"].current == 16.0
    plant.change(with_charger(plant.site, "b", priority=2))
    for moment in plant.run(60):
        assert moment.decision.allocations["b"].current == 16.0


def test_the_meter_stays_trusted_and_the_fuse_hot() -> None:
    plant = Plant(home())
    plant.loads[SUPPLY_ID] = PhaseValues(9.0, 9.0, 9.0)
    before = plant.settle(300).decision.nodes[SUPPLY_ID]
    plant.change(with_charger(plant.site, "a", offline_current=8.0))
    after = plant.step().decision.nodes[SUPPLY_ID]
    assert after.trust is MeterTrust.ONLINE
    assert after.heat == pytest.approx(before.heat, abs=0.01)


@pytest.mark.parametrize("part", ["supply", "group", "charger"])
def test_a_lower_limit_is_kept_at_once(part: str) -> None:
    plant = Plant(home(charger("a"), charger("b"), fuse=40.0))
    assert plant.settle(200).decision.allocations["a"].current == 16.0
    site = plant.site
    changed = {
        "supply": replace(site, supply=replace(site.supply, supply_max_current=20.0)),
        "group": replace(site, groups=(group(max_current_online=20.0),)),
        "charger": with_charger(site, "a", max_current=9.0),
    }[part]
    plant.change(changed)
    allocations = plant.step().decision.allocations
    assert allocations["a"].send
    assert allocations["a"].current <= 9.0 + (part != "charger")


def test_a_higher_minimum_pauses_who_cannot_have_it() -> None:
    plant = Plant(home(charger("a"), charger("b")))
    plant.loads[SUPPLY_ID] = PhaseValues(12.0, 12.0, 12.0)
    plant.settle(300)
    plant.change(replace(plant.site, groups=(group(min_current=10.0),)))
    for moment in plant.run(300):
        currents = [each.current for each in moment.decision.allocations.values()]
        assert all(current == 0 or current >= 10.0 for current in currents)
    assert max(currents) >= 10.0


def test_a_charger_that_is_left_alone_is_base_load() -> None:
    plant = Plant(home(charger("a"), charger("b"), fuse=40.0))
    plant.settle(200)
    plant.change(with_charger(plant.site, "b", active=False))
    moment = plant.settle(100)
    assert moment.decision.nodes[SUPPLY_ID].base_load == pytest.approx(
        (16.0, 16.0, 16.0)
    )
    plant.change(with_charger(plant.site, "b", active=True))
    moment = plant.settle(2)
    assert moment.decision.nodes[SUPPLY_ID].base_load == pytest.approx((0.0, 0.0, 0.0))
    assert moment.decision.allocations["b"].current == 16.0


def test_what_a_charger_draws_that_is_left_alone_is_what_it_says() -> None:
    plant = Plant(home(charger("a"), charger("b", active=False), fuse=40.0))
    plant.outlets["b"].limit = 10.0
    moment = plant.settle(30)
    assert moment.decision.drawn["b"] == (10.0, 10.0, 10.0)
    plant.outlets["b"].limit = 0.0
    moment = plant.settle(30)
    assert moment.decision.drawn["b"] == (0.0, 0.0, 0.0)


def test_a_site_that_cannot_be_changes_nothing() -> None:
    plant = Plant(home())
    plant.settle(100)
    with pytest.raises(SiteError):
        plant.balancer.change(home(charger(max_current=2.0)))
    assert plant.settle(100).decision.allocations["a"].current == 16.0


@examples(30)
@given(seconds=st.integers(1, 240), house=st.integers(0, 24))
def test_a_change_to_the_same_changes_nothing(seconds: int, house: int) -> None:
    changed, left_alone = (Plant(home(charger("a"), charger("b"))) for _ in range(2))
    for plant in (changed, left_alone):
        plant.loads[SUPPLY_ID] = PhaseValues(house, 1.0, 1.0)
        plant.settle(seconds)
    changed.change(changed.site)
    for one, other in zip(changed.run(120), left_alone.run(120), strict=True):
        assert one.decision == other.decision
