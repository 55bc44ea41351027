"""What the owner chooses for one charger: its outlet, a boost, no part in it at all."""

from custom_components.amp_guard.model import SUPPLY_ID, Ceiling, PhaseValues, Reason

from .plant import Moment, Plant
from .sites import charger, home


def allocated(moment: Moment, name: str = "a") -> float:
    """Return what a charger is allocated, A."""
    return moment.decision.allocations[name].current


def house(plant: Plant, *current: float) -> None:
    """Let the house draw so much, A."""
    plant.loads[SUPPLY_ID] = PhaseValues(*current)


def test_what_the_socket_may_draw_is_kept_free() -> None:
    plant = Plant(home(charger("a", socket_current=10.0)))
    house(plant, 3.0, 3.0, 3.0)
    assert allocated(plant.settle(120)) == 12.0


def test_what_the_socket_draws_already_is_not_kept_free_twice() -> None:
    plant = Plant(home(charger("a", socket_current=10.0)))
    plant.outlets["a"].socket_current = 8.0
    house(plant, 11.0, 3.0, 3.0)
    assert allocated(plant.settle(120)) == 12.0


def test_the_socket_of_a_lost_charger_stays_reserved() -> None:
    plant = Plant(home(charger("a", socket_current=10.0), charger("b")))
    plant.outlets["a"].connected = False
    plant.settle(60)
    plant.outlets["a"].reachable = False
    assert allocated(plant.settle(300), "b") == 9.0  # 25 - 10 - 6 offline


def test_a_limit_of_the_user_holds_for_a_full_car_too() -> None:
    plant = Plant(home())
    plant.settle(60)
    plant.outlets["a"].full = True
    assert allocated(plant.settle(60)) == 6.0
    plant.outlets["a"].user_limit = 0.0
    assert allocated(plant.step()) == 0.0


def test_a_ceiling_holds_for_a_full_car_too() -> None:
    plant = Plant(home())
    plant.settle(60)
    plant.outlets["a"].full = True
    plant.settle(60)
    plant.ceilings["a"] = Ceiling(target="a", current=0.0, expires=1e6)
    assert allocated(plant.step()) == 0.0


def test_a_boosted_charger_goes_before_all_others_until_its_end() -> None:
    plant = Plant(home(charger("a"), charger("b")))
    house(plant, 15.0, 15.0, 15.0)
    plant.settle(180)
    waiting = min("ab", key=lambda name: plant.outlets[name].draw)
    (other,) = {"a", "b"} - {waiting}
    plant.boosts[waiting] = plant.now + 600.0
    plant.settle(60)
    assert plant.outlets[waiting].draw == 10.0
    moment = plant.settle(500)
    assert allocated(moment, waiting) == 10.0
    assert allocated(moment, other) == 0.0
    # Then by energy: who went first has had more.
    plant.settle(1800)
    assert plant.outlets[other].draw == 10.0


def test_a_charger_that_takes_no_part_is_left_alone_and_is_base_load() -> None:
    plant = Plant(home(charger("a", active=False), charger("b")))
    plant.outlets["a"].limit = 10.0
    moment = plant.settle(120)
    allocation = moment.decision.allocations["a"]
    assert allocation.reason is Reason.INACTIVE
    assert not allocation.send
    assert plant.outlets["a"].draw == 10.0
    assert allocated(moment, "b") == 15.0
