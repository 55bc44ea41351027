"""The rules of the forms: what they let pass can be balanced."""

from hypothesis import assume, given, settings, strategies as st

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.chargers import PROFILES
from custom_components.amp_guard.model import EarthingSystem, FuseType, Site
from custom_components.amp_guard.site.phases import PHASE_ORDERS, parse_phases
from custom_components.amp_guard.site.reading import (
    ALL_PHASES,
    read_charger,
    read_group,
    read_supply,
)
from custom_components.amp_guard.site.rules import charger_errors, group_errors

# Mostly what an owner enters, so that enough of it keeps the rules.
orders = st.just("1,2,3") | st.sampled_from(PHASE_ORDERS)
low = st.sampled_from([0.0, 6.0]) | st.floats(6.0, 12.0)
high = st.sampled_from([16.0, 25.0]) | st.floats(6.0, 40.0)

supplies = st.fixed_dictionaries(
    {
        "supply_max_current": st.floats(25.0, 40.0),
        "fuse_type": st.sampled_from(FuseType),
        "net": st.sampled_from(EarthingSystem),
    }
)
groups = st.fixed_dictionaries(
    {
        "phases": orders,
        "max_current_online": high,
        "max_current_offline": low,
        "min_current": st.just(6.0) | st.floats(6.0, 16.0),
        "chargers_included_in_measurements": st.booleans(),
    }
)
chargers = st.fixed_dictionaries(
    {
        "profile": st.sampled_from(sorted(PROFILES)),
        "group": st.just("group"),
        "wiring": orders,
        "max_current": high,
        "offline_current": low,
        "offline_phase": st.just(ALL_PHASES) | st.sampled_from(["1", "2", "3"]),
        "priority": st.integers(1, 9),
    }
)


@settings(max_examples=500)
@given(
    supply=supplies,
    measured=orders,
    group=groups,
    charger=chargers,
    source=st.sampled_from(["amp_guard", "none"]),
)
def test_what_breaks_no_rule_can_be_balanced(
    supply: dict, measured: str, group: dict, charger: dict, source: str
) -> None:
    read = read_supply(supply, source), read_group(group, "group")
    described = read_charger(charger, "charger")
    errors = group_errors(
        read[1],
        max_current_above=read[0].supply_max_current,
        phases_above=parse_phases(measured),
    ) | charger_errors(described, read[1], read[0])

    assume(not errors)
    Balancer(Site(supply=read[0], groups=(read[1],), chargers=(described,)))
