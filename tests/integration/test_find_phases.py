"""Find the phases, walked in the simulated home: by the action, and by the form."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import AsyncMock

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.control.phase_answers import PhaseFinding, Unsure
from custom_components.amp_guard.control.phase_search import PhaseSearch
from custom_components.amp_guard.demonstration import home
from custom_components.amp_guard.loop import phase_finding
from custom_components.amp_guard.loop.phase_finding import (
    PhaseFinder,
    SearchRunningError,
    SearchStoppedError,
)
from custom_components.amp_guard.loop.wiring_repairs import WIRING_ISSUE
from custom_components.amp_guard.model import SUPPLY_ID, Decision, Phase
from custom_components.amp_guard.repairs import async_create_fix_flow
from custom_components.amp_guard.site.settings import change_wiring
from tests.clock import Clock

from .helpers import Decisions, device_id, go_on, hastened, start_subentry

STARTS = 30
"""s until both cars charge."""
LONGEST = 620
"""s that a search may take, and what is around it."""
ROTATED = "3,1,2"
"""How the second charger is wired; here it is set as 1,2,3, and its car uses one phase."""


@pytest.fixture
def calm_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cooks, and the car at the first charger takes nothing."""
    monkeypatch.setattr(home, "APPLIANCES", ())
    monkeypatch.setitem(home.MOST_TAKEN, "1", 0.0)


@pytest.fixture
async def entry(calm_hour: None, add_simulated_home: Callable) -> ConfigEntry:
    return await add_simulated_home()


@pytest.fixture
async def charger(
    hass: HomeAssistant,
    entry: ConfigEntry,
    clock: Clock,
    decisions: Decisions,
    request: pytest.FixtureRequest,
) -> ConfigSubentry:
    """The second charger, set as if it were wired as the first; its car charges."""
    _, charger = entry.get_subentries_of_type("charger")
    is_set = getattr(request, "param", tuple(Phase))
    assert not change_wiring(hass, entry, charger.subentry_id, is_set)
    await passes(hass, clock, decisions, STARTS)
    return entry.subentries[charger.subentry_id]


async def passes(
    hass: HomeAssistant, clock: Clock, decisions: Decisions, seconds: int
) -> list[float]:
    """Let time pass; return the highest phase of each second.

    Unlike elsewhere nobody waits for what runs in the background: that is the search.
    """
    [entry] = hass.config_entries.async_entries(DOMAIN)
    highest = []
    for _ in range(seconds):
        time = hass.loop.time()
        clock.advance(1.0)
        await decisions.on_sample_after(time + 0.9)
        await hass.async_block_till_done()
        if sample := entry.runtime_data.meters.samples.get(SUPPLY_ID):
            highest.append(max(sample.current))
    return highest


def wiring_of(entry: ConfigEntry, charger: ConfigSubentry) -> str:
    return entry.subentries[charger.subentry_id].data["wiring"]


def suggested(form: dict) -> dict:
    """Return what a form is filled in with."""
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description
    }


async def check_step(
    hass: HomeAssistant, entry: ConfigEntry, charger: ConfigSubentry
) -> dict:
    """Reconfigure a charger up to the check, all left as it is."""
    entities = await start_subentry(hass, entry, "charger", charger.subentry_id)
    settings = await go_on(hass, entities, suggested(entities))
    return await go_on(hass, settings, suggested(settings))


def find_phases(
    hass: HomeAssistant, entry: ConfigEntry, charger: ConfigSubentry, **data: object
) -> asyncio.Task:
    device = device_id(hass, entry, charger.subentry_id)
    return hass.loop.create_task(
        hass.services.async_call(
            DOMAIN,
            "find_phases",
            {"device_id": [device], **data},
            blocking=True,
            return_response=True,
        )
    )


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("charger", "lines", "unsure", "told"),
    [
        ((Phase.L1,), ["L3"], None, "Its order of phases is 3."),
        # Its car uses one line: the other two are not sure, and nothing is changed.
        (tuple(Phase), ["L3", None, None], "unused", "Its L1 hangs on L3."),
    ],
    indirect=["charger"],
)
async def test_the_action_tells_what_it_finds_and_applies_what_is_sure(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    entry: ConfigEntry,
    charger: ConfigSubentry,
    lines: list[str | None],
    unsure: str | None,
    told: str,
) -> None:
    """Set as if its L1 hung on L1, it hangs on L3; its car has just started."""
    was_set = wiring_of(entry, charger)
    coordinator = entry.runtime_data
    before = decisions.made[-1].allocations
    search = find_phases(hass, entry, charger, apply=True)
    await passes(hass, clock, decisions, 1)
    # One search at a time.
    with pytest.raises(ServiceValidationError) as refused:
        await find_phases(hass, entry, charger)
    assert refused.value.translation_key == "search_running"

    seen = len(decisions.made)
    ceilings: set[object] = set()
    asked: set[float] = set()
    highest: list[float] = []
    while not search.done():
        assert len(highest) < LONGEST
        highest += await passes(hass, clock, decisions, 1)
        if (state := coordinator.state) is not None:
            ceilings.update(state.ceilings)
        asked.update(
            ceiling.current
            for ceiling in coordinator.finder.ceilings
            if ceiling.target == charger.subentry_id
        )
    given = {d.allocations[charger.subentry_id].current for d in decisions.made[seen:]}
    # Where the doubt of its phase leaves it less than 10 A, it moves by a pause.
    assert asked <= {0.0, 6.0, 10.0, 11.0}
    assert max(given) <= before[charger.subentry_id].current + 4.0
    assert sum(amps > 25.05 for amps in highest) <= 5
    # What it asks for is nobody's ceiling to see or to keep, and is over with it.
    assert not ceilings
    assert coordinator.finder.ceilings == ()

    [found] = search.result()["chargers"]
    assert found["phases"] == ["L3"]
    assert (found["set"], found["contradicts"]) == (was_set, True)
    assert (found["lines"], found["unsure"]) == (lines, unsure)
    assert told in found["explanation"]
    is_sure = unsure is None
    assert (found["wiring"], found["applied"]) == ("3" if is_sure else None, is_sure)
    assert wiring_of(entry, charger) == ("3" if is_sure else was_set)


async def test_a_search_ends_with_its_entry(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    entry: ConfigEntry,
    charger: ConfigSubentry,
) -> None:
    search = find_phases(hass, entry, charger)
    await passes(hass, clock, decisions, 120)
    assert entry.runtime_data.finder.ceilings
    await hastened(clock, hass.config_entries.async_reload(entry.entry_id))
    with pytest.raises(HomeAssistantError) as stopped:
        await search
    assert stopped.value.translation_key == "search_stopped"
    assert entry.runtime_data.finder.ceilings == ()


async def test_a_search_that_fails_leaves_no_ceiling_and_stops_nobody(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    entry: ConfigEntry,
    charger: ConfigSubentry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = find_phases(hass, entry, charger)
    await passes(hass, clock, decisions, 120)
    assert entry.runtime_data.finder.ceilings
    monkeypatch.setattr(PhaseSearch, "observe", None)
    with pytest.raises(HomeAssistantError):
        await asyncio.gather(search, passes(hass, clock, decisions, 1))
    made = len(decisions.made)
    await passes(hass, clock, decisions, 2)
    assert entry.runtime_data.finder.ceilings == ()
    assert len(decisions.made) > made


async def test_whoever_gives_up_leaves_no_ceiling(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    entry: ConfigEntry,
    charger: ConfigSubentry,
) -> None:
    search = find_phases(hass, entry, charger)
    await passes(hass, clock, decisions, 120)
    assert entry.runtime_data.finder.ceilings
    search.cancel()
    await passes(hass, clock, decisions, 1)
    assert entry.runtime_data.finder.ceilings == ()


@pytest.mark.timeout(400)
async def test_the_form_is_filled_in(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    entry: ConfigEntry,
    charger: ConfigSubentry,
) -> None:
    result = await check_step(hass, entry, charger)
    result = await go_on(hass, result, "find_phases")
    assert result["type"] == "progress"
    manager = hass.config_entries.subentries
    flow_id = result["flow_id"]

    def has_found() -> bool:
        [flow] = manager.async_progress()
        return flow["step_id"] == "phases_found"

    for _ in range(LONGEST):
        await passes(hass, clock, decisions, 1)
        if has_found():
            break
    result = await manager.async_configure(flow_id)
    assert "Its L1 hangs on L3." in result["description_placeholders"]["found"]
    result = await go_on(hass, result, "charger")
    form = suggested(result)
    assert form["wiring"] == ROTATED
    result = await go_on(hass, result, form, "save")
    assert result["reason"] == "reconfigure_successful"
    assert wiring_of(entry, charger) == ROTATED
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (SearchRunningError(), "looked for already"),
        (SearchStoppedError(), "was ended"),
        (PhaseFinding(charger="", unsure=Unsure.RESTLESS), "at a quiet hour"),
        (
            PhaseFinding(charger="", phases=tuple(Phase), possible=(tuple(Phase),)),
            "What is set, 1,2,3, fits.",
        ),
    ],
)
async def test_what_was_not_found_is_said_and_changes_nothing(
    hass: HomeAssistant,
    entry: ConfigEntry,
    charger: ConfigSubentry,
    monkeypatch: pytest.MonkeyPatch,
    outcome: Exception | PhaseFinding,
    told: str,
) -> None:
    monkeypatch.setattr(PhaseFinder, "find", AsyncMock(side_effect=[outcome]))
    result = await check_step(hass, entry, charger)
    result = await go_on(hass, result, "find_phases")
    await hass.async_block_till_done(wait_background_tasks=True)
    manager = hass.config_entries.subentries
    result = await manager.async_configure(result["flow_id"])
    assert told in result["description_placeholders"]["found"]
    result = await go_on(hass, result, "charger")
    assert suggested(result)["wiring"] == "1,2,3"


async def test_a_search_ends_with_a_change_of_the_site(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    entry: ConfigEntry,
    charger: ConfigSubentry,
) -> None:
    search = find_phases(hass, entry, charger)
    await passes(hass, clock, decisions, 1)
    options = {**entry.options, "supply_max_current": 35}
    hass.config_entries.async_update_entry(entry, options=options)
    await passes(hass, clock, decisions, 2)
    with pytest.raises(HomeAssistantError) as stopped:
        await search
    assert stopped.value.translation_key == "search_stopped"


async def test_a_search_that_is_shown_nothing_ends_by_itself(
    hass: HomeAssistant,
    entry: ConfigEntry,
    charger: ConfigSubentry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(phase_finding, "GRACE", -phase_finding.LONGEST)
    with pytest.raises(HomeAssistantError) as stopped:
        await find_phases(hass, entry, charger)
    assert stopped.value.translation_key == "search_stopped"
    assert entry.runtime_data.finder.ceilings == ()


async def test_without_the_load_balancing_it_is_set_by_hand(
    hass: HomeAssistant, clock: Clock, entry: ConfigEntry, charger: ConfigSubentry
) -> None:
    result = await check_step(hass, entry, charger)
    await hastened(clock, hass.config_entries.async_unload(entry.entry_id))
    result = await go_on(hass, result, "find_phases")
    await hass.async_block_till_done(wait_background_tasks=True)
    manager = hass.config_entries.subentries
    result = await manager.async_configure(result["flow_id"])
    assert "not set up" in result["description_placeholders"]["found"]
    result = await go_on(hass, result, "charger")
    assert result["step_id"] == "charger"


async def test_a_wiring_that_is_seen_is_set_by_a_button(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    entry: ConfigEntry,
    charger: ConfigSubentry,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = {charger.subentry_id: (Phase.L3, Phase.L1, Phase.L2)}
    decide = Balancer.decide

    def decide_and_see(*args: object) -> Decision:
        return replace(decide(*args), seen_wiring=seen)

    monkeypatch.setattr(Balancer, "decide", decide_and_see)
    assert await async_setup_component(hass, "repairs", {})
    await passes(hass, clock, decisions, 15)
    issues = ir.async_get(hass).issues
    [issue] = [i for i in issues.values() if i.translation_key == "wiring_contradicted"]
    assert issue.is_fixable
    assert issue.translation_placeholders == {
        "charger": charger.title,
        "set": "1,2,3",
        "seen": ROTATED,
    }

    client = await hass_client()
    url = "/api/repairs/issues/fix"
    begun = await client.post(url, json={"handler": DOMAIN, "issue_id": issue.issue_id})
    form = await begun.json()
    assert form["step_id"] == "confirm"
    assert form["description_placeholders"]["seen"] == ROTATED
    done = await client.post(f"{url}/{form['flow_id']}", json={})
    assert (await done.json())["type"] == "create_entry"
    await passes(hass, clock, decisions, 15)
    assert wiring_of(entry, charger) == ROTATED
    assert (DOMAIN, issue.issue_id) not in ir.async_get(hass).issues


@pytest.mark.parametrize(
    ("seen", "gone", "reason"),
    [("1,2,3", True, "charger_gone"), ("3,1,2", False, "does_not_fit")],
)
async def test_a_wiring_that_cannot_be_set_any_longer_is_told_so(
    hass: HomeAssistant,
    clock: Clock,
    entry: ConfigEntry,
    charger: ConfigSubentry,
    seen: str,
    reason: str,
    *,
    gone: bool,
) -> None:
    await hastened(clock, hass.config_entries.async_unload(entry.entry_id))
    [group] = entry.get_subentries_of_type("group")
    two_phases = {**group.data, "phases": "1,2"}
    hass.config_entries.async_update_subentry(entry, group, data=two_phases)
    issue_id = f"{WIRING_ISSUE}_{charger.subentry_id}"
    about = {
        "entry_id": entry.entry_id,
        "charger_id": "gone" if gone else charger.subentry_id,
        "seen": seen,
    }
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=WIRING_ISSUE,
        translation_placeholders={"charger": "", "set": "", "seen": ""},
    )
    flow = await async_create_fix_flow(hass, issue_id, about)
    flow.hass = hass
    result = await flow.async_step_confirm({})
    assert result["reason"] == reason
    assert wiring_of(entry, charger) == "1,2,3"
