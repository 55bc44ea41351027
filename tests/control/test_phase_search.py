"""Find the phases: right or not sure, whatever the wiring, the house and the meter."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from bench.reporting import ReportModel
from custom_components.amp_guard.control.phase_answers import (
    Move,
    PhaseAnswers,
    PhaseFinding,
    Unsure,
    swapped_phases,
)
from custom_components.amp_guard.control.phase_search import (
    LONGEST,
    MOST_STOPS,
    PhaseSearch,
)
from custom_components.amp_guard.model import (
    MINIMUM_SIGNALLED_CURRENT,
    SUPPLY_ID,
    EarthingSystem,
    Phase,
    PhaseValues,
    Supply,
)
from simulator.car import CarModel
from tests.properties import is_thorough

from .homes import AFTERWARDS, SETTLES, Home, Life, any_home

CHARGER = "charger 0"
CHUNK = 25
DOUBTED_BY = 600.0
"""s after which a wiring that is set wrong is in doubt."""
WIRINGS = 4000 if is_thorough() else 200
L1, L2, L3 = Phase


def look_for(home: Home) -> PhaseFinding:
    life = Life(home=home)
    life.run(SETTLES)
    return life.find(CHARGER)


def search_all(seeds: range, **how: bool) -> Counter[str]:
    """Look for the phases in homes of these seeds; none may be told wrong."""
    told: Counter[str] = Counter()
    for seed in seeds:
        home = any_home(seed, **how)
        finding = look_for(home)
        assert not home.is_wrong(finding), (seed, finding)
        told["some"] += bool(finding.possible)
        told["wiring"] += finding.wiring is not None
        told["line"] += any(line is not None for line in finding.lines)
        told["turned"] += bool(finding.turned)
    return told


@pytest.mark.parametrize("first", range(0, WIRINGS, CHUNK))
def test_in_any_home_it_is_right_or_not_sure(first: int) -> None:
    """200 wirings, most in houses that are full or restless: not all can be found."""
    told = search_all(range(first, first + CHUNK))
    assert told["some"] >= 5


@pytest.mark.parametrize("first", range(0, 50, CHUNK))
def test_in_a_calm_home_it_is_found(first: int) -> None:
    told = search_all(range(first, first + CHUNK), calm=True)
    assert told["some"] >= 20
    assert told["line"] >= 8
    assert told["wiring"] >= 2
    assert told["turned"] >= 1


@pytest.mark.parametrize("first", range(0, 50, CHUNK))
def test_a_sensor_that_shows_nothing_makes_nothing_wrong(first: int) -> None:
    search_all(range(first, first + CHUNK), dead=True)


@pytest.mark.parametrize("settles", [20.0, SETTLES])
def test_it_only_ever_lowers_and_leaves_nothing_behind(settles: float) -> None:
    for seed in range(20):
        life = Life(home=any_home(seed))
        life.run(settles)
        most: dict[str, float] = {}
        asked: list[float] = []
        begun = life.now

        def watch(
            search: PhaseSearch,
            life: Life = life,
            most: dict = most,
            asked: list = asked,
        ) -> None:
            allocated = life.decision.allocations
            if search.ceilings and not most:
                most.update({id_: each.current for id_, each in allocated.items()})
            for id_, current in search.ceilings.items():
                assert current <= most[id_]
            asks = search.ceilings.get(CHARGER, most.get(CHARGER, 0.0))
            # Only where a doubt leaves it no more is a pause a move.
            if not asks and asked and asked[-1]:
                assert doubts(life)
            asked.append(asks)

        life.find(CHARGER, watch)
        assert pauses(asked) <= MOST_STOPS
        assert all(not amps or amps >= MINIMUM_SIGNALLED_CURRENT for amps in asked)
        assert life.now - begun <= LONGEST + 1.0


def pauses(currents: Iterable[float]) -> int:
    """Return how often a current became none."""
    return sum(before > 0 == after for before, after in pairwise(currents))


@pytest.mark.parametrize("rightly_wired", [True, False])
def test_the_fuse_is_not_passed_because_of_it(*, rightly_wired: bool) -> None:
    """Beside the same home in which nothing is looked for: by the fuse's own record."""
    over = Counter[str]()
    trips = Counter[str]()
    for seed in range(20):
        home = any_home(seed, rightly_wired=rightly_wired)
        home = replace(home, fuse=25.0, offline=12.0 if seed % 2 else 6.0)
        life, left_alone = Life(home=home), Life(home=home)
        life.run(SETTLES if rightly_wired else DOUBTED_BY)
        life.find(CHARGER)
        life.run(AFTERWARDS)
        left_alone.run(life.now - left_alone.now)
        for name, each in (("searched", life), ("left alone", left_alone)):
            record = each.world.record
            over[name] += record.nodes["supply"].over.amp_seconds
            trips[name] += record.fuse_trips
    assert trips["searched"] <= trips["left alone"]
    assert over["searched"] <= 1.05 * over["left alone"]


@pytest.mark.parametrize("offline", [6.0, 8.0, 16.0])
@pytest.mark.parametrize("phases", [1, 2, 3])
@pytest.mark.parametrize("true", [(L2, L1, L3), (L3, L1, L2)])
def test_a_wiring_that_the_law_doubts_is_found(
    true: tuple[Phase, ...], phases: int, offline: float
) -> None:
    """A search begins where a wiring was set wrong, and the meter is not believed."""
    home = wrongly_set(true=true, phases=phases, offline=offline)
    life = Life(home=home)
    life.run(DOUBTED_BY)
    doubted = doubts(life)
    assert doubted is (set(true[:phases]) != set(tuple(Phase)[:phases]))
    most: list[float] = []
    finding = life.find(
        CHARGER,
        lambda _: most.append(life.decision.allocations[CHARGER].current),
    )
    assert not home.is_wrong(finding)
    assert finding.phases == tuple(sorted(true[:phases]))
    if doubted:
        assert max(most) <= offline
    assert life.world.record.nodes["supply"].over.amp_seconds == 0.0
    # What was found is set: that ends the doubt.
    life.change(CHARGER, finding.possible[0])
    life.run(300.0)
    assert not doubts(life)
    assert life.decision.allocations[CHARGER].current >= 15.0


@pytest.mark.parametrize("interval", [1.0, 10.0])
@pytest.mark.parametrize("phases", [1, 2, 3])
@pytest.mark.parametrize("true", [(L2, L1, L3), (L3, L1, L2)])
def test_a_wiring_is_found_soon_after_a_start_by_what_tells_only_changes(
    true: tuple[Phase, ...], phases: int, interval: float
) -> None:
    """A charger that is silent while its car goes on as it did: the law has it tell."""
    home = wrongly_set(true=true, phases=phases, offline=6.0)
    connector = replace(home.connectors[CHARGER], report=ReportModel(only_changes=True))
    home.connectors[CHARGER] = connector
    home.meter = replace(home.meter, interval=interval)
    for begun in (5.0, 40.0, 80.0):
        life = Life(home=home)
        life.run(begun)
        given: list[float] = []
        finding = life.find(
            CHARGER,
            lambda _, life=life, given=given: given.append(
                life.decision.allocations[CHARGER].current
            ),
        )
        assert not home.is_wrong(finding)
        assert finding.phases == tuple(sorted(true[:phases]))
        # Its own moves, and one of the law's.
        assert pauses(given) <= MOST_STOPS + 1


def doubts(life: Life) -> bool:
    """Say whether the law doubts a phase."""
    return any(each.doubt for each in life.decision.nodes[SUPPLY_ID].worth)


def wrongly_set(*, true: tuple[Phase, ...], phases: int, offline: float) -> Home:
    """Return a calm home whose charger is set to L1, L2, L3 and wired as is true."""
    home = any_home(3, calm=True, chargers=1, rightly_wired=True)
    connector = home.connectors[CHARGER]
    car = CarModel(energy_wh=60_000.0, phases=phases, max_current=16.0)
    report = replace(connector.report, draw=True, draw_interval=10.0, draw_delay=2.0)
    wrong = replace(connector, true=true, set=tuple(Phase), car=car, report=report)
    return replace(home, connectors={CHARGER: wrong}, offline=offline, fuse=25.0)


# --- why nothing is found -------------------------------------------------------------


def searched(home: Home, **changes: object) -> Unsure | None:
    life = Life(home=home)
    life.site = replace(life.site, **changes)
    life.run(SETTLES)
    return life.find(CHARGER).unsure


def test_it_says_why_it_cannot_find_anything() -> None:
    home = any_home(3, calm=True, chargers=1)
    connector = home.connectors[CHARGER]
    plain = replace(
        connector,
        true=tuple(Phase),
        set=tuple(Phase),
        car=replace(connector.car, max_current=16.0, phases=3),
        report=replace(connector.report, draw=True, draw_interval=1.0, draw_delay=0.0),
    )
    home = replace(home, connectors={CHARGER: plain})
    supply = Supply(supply_max_current=50.0)
    it = replace(supply, earthing_system=EarthingSystem.IT)
    assert searched(home, supply=it) is Unsure.IT_NET
    assert searched(home, supply=replace(supply, metered=False)) is Unsure.NO_METER
    [group] = Life(home=home).site.groups
    hidden = replace(group, chargers_included_in_measurements=False)
    assert searched(home, groups=(hidden,)) is Unsure.NO_METER
    assert searched(home, groups=(replace(group, active=False),)) is Unsure.INACTIVE

    def with_car(**changes: float) -> Home:
        car = replace(plain.car, **changes)
        return replace(home, connectors={CHARGER: replace(plain, car=car)})

    assert searched(with_car(energy_wh=1.0)) is Unsure.NO_CAR
    assert searched(with_car(max_current=8.0)) is Unsure.TOO_LITTLE
    assert searched(home) is Unsure.ALIKE


# --- what answers mean ----------------------------------------------------------------


def moves(
    reported: tuple[float, ...] | None, measured: tuple[float, ...]
) -> Iterator[Move]:
    for sign in (-1, 1, -1, 1):
        yield Move(
            allocated=sign * 5.0,
            reported=None
            if reported is None
            else PhaseValues(*(sign * amps for amps in reported)),
            measured=PhaseValues(*(sign * amps for amps in measured)),
        )


def finding_of(
    reported: tuple[float, ...] | None,
    measured: tuple[float, ...],
    wiring: tuple[Phase, ...] = tuple(Phase),
    *,
    signed: bool = True,
) -> PhaseFinding | None:
    answers = PhaseAnswers(CHARGER, wiring)
    for move in moves(reported, measured):
        answers.take(move, signed=signed, rounded=0)
    return answers.finding


def test_a_one_phase_car_shows_where_the_first_line_hangs() -> None:
    finding = finding_of((5, 0, 0), (0, 5, 0))
    assert finding is not None
    assert finding.lines == (L2, None, None)
    assert finding.contradicts((L1, L2, L3))
    assert not finding.contradicts((L2, L3, L1))
    assert finding.unsure is Unsure.UNUSED


def test_a_two_phase_car_shows_the_pair_and_so_the_third_line() -> None:
    finding = finding_of((5, 5, 0), (5, 0, 5))
    assert finding is not None
    assert finding.phases == (L1, L3)
    assert finding.lines == (None, None, L2)


def test_lines_that_draw_differently_show_their_order() -> None:
    finding = finding_of((6, 2, 4), (2, 4, 6))
    assert finding is not None
    assert finding.wiring == (L3, L1, L2)


def test_a_turned_sensor_is_told_by_a_meter_with_a_sign() -> None:
    finding = finding_of((5, 5, 5), (5, -5, 5))
    assert finding is not None
    assert (finding.turned, finding.phases) == ((L2,), tuple(Phase))
    assert finding_of((5, 5, 5), (5, -5, 5), signed=False) is None


@pytest.mark.parametrize(
    ("reported", "measured"),
    [((5, 0, 0), (5, -5, 0)), (None, (5, -5, 0)), ((5, 5, 0), (5, -5, 0))],
)
def test_a_battery_that_makes_up_for_the_car_is_no_turned_sensor(
    reported: tuple[float, ...] | None, measured: tuple[float, ...]
) -> None:
    finding = finding_of(reported, measured)
    assert finding is None or not finding.possible


def test_where_fewer_phases_answer_than_are_drawn_on_nothing_is_sure() -> None:
    finding = finding_of((5, 5, 5), (5, 0, 5))
    assert finding == PhaseFinding(charger=CHARGER, unsure=Unsure.MISMATCH)
    unreported = finding_of(None, (5, 0, 0))
    assert unreported is not None
    assert unreported.lines == (None, None, None)
    assert unreported.unsure is Unsure.UNREPORTED


def test_a_phase_that_seldom_stands_still_hides_nothing_of_the_others() -> None:
    """An oven on L3, which nobody saw stand still before the last move."""
    answers = PhaseAnswers(CHARGER, tuple(Phase))
    for move in moves((5, 0, 0), (0, 5, 0)):
        restless = replace(move, measured=(*move.measured[:2], None))
        assert answers.take(restless, signed=True, rounded=0)
    assert answers.finding is None
    assert answers.take(move, signed=True, rounded=0)
    assert answers.finding is not None
    assert answers.finding.lines == (L2, None, None)


def test_where_no_phase_answers_that_is_said() -> None:
    finding = finding_of((5, 5, 5), (0, 0, 0))
    assert finding == PhaseFinding(charger=CHARGER, unsure=Unsure.NO_ANSWER)


def test_answers_that_contradict_each_other_begin_anew() -> None:
    answers = PhaseAnswers(CHARGER, (L1,))
    for measured in ((5, 0, 0), (0, 5, 0)):
        for move in list(moves((5, 0, 0), measured))[:3]:
            answers.take(move, signed=True, rounded=0)
    assert answers.finding is None


def test_chargers_that_are_off_alike_show_exchanged_sensors() -> None:
    wirings = {"a": (L1,), "b": (L2,), "c": (L3,)}

    def found(**phases: Phase) -> list[PhaseFinding]:
        return [
            PhaseFinding(charger=id_, phases=(phase,), possible=((phase,),))
            for id_, phase in phases.items()
        ]

    assert swapped_phases(found(a=L2, b=L1), wirings) == {L1: L2, L2: L1}
    assert swapped_phases(found(a=L2, b=L1, c=L3), wirings) == {L1: L2, L2: L1}
    # One alone may be wired so; where another one fits, it is not the sensors.
    assert swapped_phases(found(a=L2), wirings) == {}
    others = {"a": (L1,), "b": (L1,), "c": (L2,)}
    assert swapped_phases(found(a=L2, b=L1, c=L3), others) == {}
