"""A site that cannot be balanced is refused, and the message names what to mend."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.control.tree import (
    DuplicateIdError,
    GroupCycleError,
    LimitError,
    UnknownGroupError,
    UnknownParentError,
    WiringError,
)
from custom_components.amp_guard.model import Phase, Site, SiteError, Supply

from .sites import charger, group, home

L1, L2, L3 = Phase
REFUSED = {
    "charger in no group": (
        home(charger("a", group="attic")),
        UnknownGroupError,
        r"'a'.*'attic'",
    ),
    "charger right below the supply": (
        home(charger("a", group="supply")),
        UnknownGroupError,
        r"'a'.*'supply'",
    ),
    "group below nothing": (
        home(groups=(group(parent="attic"),)),
        UnknownParentError,
        r"'garage'.*'attic'",
    ),
    "group below itself": (
        home(groups=(group(parent="garage"),)),
        GroupCycleError,
        r"'garage'",
    ),
    "groups below each other": (
        home(groups=(group(parent="attic"), group("attic", parent="garage"))),
        GroupCycleError,
        r"'attic'.*'garage'",
    ),
    "two chargers of one id": (
        home(charger("a"), charger("a")),
        DuplicateIdError,
        r"'a'",
    ),
    "two groups of one id": (
        home(groups=(group(), group())),
        DuplicateIdError,
        r"'garage'",
    ),
    "group and charger of one id": (
        home(charger("garage")),
        DuplicateIdError,
        r"'garage'",
    ),
    "group called like the supply": (
        home(groups=(group(), group("supply"))),
        DuplicateIdError,
        r"'supply'",
    ),
    "charger called like the supply": (
        home(charger("supply")),
        DuplicateIdError,
        r"'supply'",
    ),
    "socket that gives": (
        home(charger(socket_current=-1.0)),
        LimitError,
        r"socket.*'a'",
    ),
    "charger wired to nothing": (home(charger(wiring=())), WiringError, r"'a'"),
    "charger wired to a phase twice": (
        home(charger(wiring=(L1, L1))),
        WiringError,
        r"'a'",
    ),
    "charger wired to a phase its group lacks": (
        home(charger(wiring=(L3,)), groups=(group(phases=(L1, L2)),)),
        WiringError,
        r"'a'.*'garage'",
    ),
    "charger wired to a phase its group's parent lacks": (
        home(
            charger(wiring=(L3,)),
            groups=(group(parent="house"), group("house", phases=(L1, L2))),
        ),
        WiringError,
        r"'a'.*'house'",
    ),
    "offline phase that the charger is not wired to": (
        home(charger(wiring=(L1,), offline_phase=L3)),
        WiringError,
        r"'a'",
    ),
    "group without phases": (
        home(groups=(group(phases=()),)),
        WiringError,
        r"'garage'",
    ),
    "group with a phase twice": (
        home(groups=(group(phases=(L1, L2, L2)),)),
        WiringError,
        r"'garage'",
    ),
    "minimum above maximum": (
        home(charger(min_current=10.0, max_current=8.0)),
        LimitError,
        r"'a'.*10.*8",
    ),
    "maximum below what can be signalled": (
        home(charger(min_current=1.0, max_current=5.0)),
        LimitError,
        r"'a'",
    ),
    "maximum below the group's minimum": (
        home(charger(max_current=10.0), groups=(group(min_current=12.0),)),
        LimitError,
        r"'a'",
    ),
    "no whole step between minimum and maximum": (
        home(charger(min_current=9.0, max_current=15.0, resolution=8.0)),
        LimitError,
        r"'a'",
    ),
    "group's minimum above its maximum": (
        home(groups=(group(max_current_online=10.0, min_current=12.0),)),
        LimitError,
        r"'garage'",
    ),
    "more offline than online": (
        home(groups=(group(max_current_offline=26.0),)),
        LimitError,
        r"'garage'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_contradicts_itself_is_refused_by_name(name: str) -> None:
    site, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        Balancer(site)


NO_CURRENTS = st.sampled_from([float("nan"), float("inf"), float("-inf")])
NEGATIVE = st.floats(max_value=-1e-3, allow_nan=False, allow_infinity=False)
NOT_ABOVE_ZERO = st.one_of(NO_CURRENTS, NEGATIVE, st.just(0.0))
NOT_ZERO_OR_MORE = st.one_of(NO_CURRENTS, NEGATIVE)


def supply_of(current: float) -> Site:
    return home(supply=Supply(supply_max_current=current))


def group_with(name: str) -> Any:
    return lambda current: home(groups=(group(**{name: current}),))


def charger_with(name: str) -> Any:
    return lambda current: home(charger(**{name: current}))


@pytest.mark.parametrize(
    ("site", "bad", "named"),
    [
        (supply_of, NOT_ABOVE_ZERO, "Supply Max Current"),
        (group_with("max_current_online"), NOT_ABOVE_ZERO, "'garage'"),
        (group_with("max_current_offline"), NOT_ZERO_OR_MORE, "'garage'"),
        (group_with("min_current"), NOT_ABOVE_ZERO, "'garage'"),
        (charger_with("min_current"), NOT_ABOVE_ZERO, "'a'"),
        (charger_with("max_current"), NOT_ABOVE_ZERO, "'a'"),
        (charger_with("resolution"), NOT_ABOVE_ZERO, "'a'"),
        (charger_with("command_lag"), NOT_ABOVE_ZERO, "'a'"),
        (charger_with("offline_current"), NOT_ZERO_OR_MORE, "'a'"),
        (lambda seconds: home(turn=seconds), NOT_ABOVE_ZERO, "turn"),
    ],
    ids=[
        "supply",
        "group's maximum",
        "group's offline maximum",
        "group's minimum",
        "charger's minimum",
        "charger's maximum",
        "resolution",
        "command lag",
        "offline current",
        "turn",
    ],
)
@given(data=st.data())
def test_what_is_no_figure_is_refused_by_name(
    site: Any, bad: st.SearchStrategy[float], named: str, data: st.DataObject
) -> None:
    with pytest.raises(LimitError, match=named):
        Balancer(site(data.draw(bad)))


def test_every_refusal_is_a_site_error() -> None:
    assert issubclass(LimitError, SiteError)
    assert all(issubclass(error, SiteError) for _, error, _ in REFUSED.values())


def test_a_whole_property_is_accepted() -> None:
    site = home(
        charger("a", wiring=(L3, L1, L2), offline_phase=L2),
        charger("b", group="attic", wiring=(L1,), offline_current=0.0),
        groups=(
            group("attic", parent="garage", phases=(L2, L1), max_current_offline=0.0),
            group(),
        ),
    )
    assert Balancer(site)
