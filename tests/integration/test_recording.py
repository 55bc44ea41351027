"""What a living loop did can be downloaded, and is decided again to the same bytes."""

from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from bench.replay import print_replay, read_recording, replay
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import Reason
from tests.clock import Clock

from .helpers import Decisions, device_id


async def passes(
    hass: HomeAssistant, clock: Clock, decisions: Decisions, seconds: int
) -> None:
    """Let time pass in the simulated home."""
    for _ in range(seconds):
        time = hass.loop.time()
        clock.advance(1.0)
        await decisions.on_sample_after(time + 0.9)
        await hass.async_block_till_done(wait_background_tasks=True)


async def act(hass: HomeAssistant, action: str, device: str, **data: object) -> None:
    """Have an action done, as an automation does."""
    await hass.services.async_call(
        DOMAIN, action, {"device_id": device, **data}, blocking=True
    )
    await hass.async_block_till_done()


async def test_a_download_is_decided_again_to_the_same_bytes(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    simulated_home: ConfigEntry,
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    entry = simulated_home
    first, second = (
        device_id(hass, entry, charger.subentry_id)
        for charger in entry.get_subentries_of_type("charger")
    )
    await passes(hass, clock, decisions, 90)
    await act(hass, "set_ceiling", first, current=8, duration={"hours": 1})
    await passes(hass, clock, decisions, 60)
    await act(hass, "set_priority", first, priority=2)
    await act(hass, "boost", second, duration={"hours": 1})
    await passes(hass, clock, decisions, 60)

    client = await hass_client()
    response = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}")
    assert response.status == 200
    file = tmp_path / "diagnostics.json"
    file.write_bytes(await response.read())

    turns = list(replay(read_recording(file)))
    assert [turn.decision for turn in turns] == decisions.made[: len(turns)]
    assert len(turns) >= 210
    reasons = {each.reason for t in turns for each in t.decision.allocations.values()}
    assert Reason.CEILING in reasons
    assert print_replay(read_recording(file))
