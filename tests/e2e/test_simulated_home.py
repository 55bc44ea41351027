"""The simulated home in a real browser: from its set-up to its dashboard, and to automations.

Nothing here waits for the balancing: what is offered and shown is there at once.
"""

from collections.abc import AsyncGenerator
from pathlib import Path

from playwright.async_api import expect
import pytest

from demo.browser import Browser
from demo.home_assistant import HomeAssistant
from demo.places import LOOPBACK, home_assistant_port

from .conftest import OWNER
from .frontend import Owner, owner_at_screen


@pytest.fixture
async def home_assistant(tmp_path: Path) -> AsyncGenerator[HomeAssistant]:
    """A Home Assistant with nothing in it."""
    port = home_assistant_port(LOOPBACK, None)
    home_assistant = HomeAssistant(tmp_path / "config", port=port)
    await home_assistant.start()
    yield home_assistant
    await home_assistant.stop()


@pytest.fixture
async def owner(home_assistant: HomeAssistant, tmp_path: Path) -> AsyncGenerator[Owner]:
    """Its owner, signed in."""
    async with Browser(home_assistant.url) as browser:
        await browser.welcome(OWNER)
    async with owner_at_screen(tmp_path) as owner:
        await owner.sign_in(home_assistant.url, OWNER)
        yield owner


@pytest.mark.timeout(200)
async def test_its_set_up_ends_with_the_way_to_its_dashboard(
    home_assistant: HomeAssistant, owner: Owner
) -> None:
    await owner.add_integration(home_assistant.url, "Amp Guard")
    await owner.sees("How is the property measured?")
    await owner.choose("A simulated home, to try it")
    await owner.sees("A simulated home")
    await owner.submit()
    link = owner.page.get_by_role("link", name="Open its dashboard")
    async with owner.page.context.expect_page() as opened:
        await link.click()
    page = await opened.value
    card = page.locator("amp-guard-card")
    await expect(card.locator("h2")).to_contain_text("25 A")
    await expect(card).to_contain_text("Simulated charger 1")


OFFERED = {
    ("Devices", "Simulated charger 1"): {
        "trigger": (
            "Charging reduced",
            "Charging paused",
            "Charging resumed",
            "Charger does not follow its limit",
        ),
        "condition": ("Charging is paused", "Charges before all others"),
        "action": ("Charge now", "Set ceiling", "Request current", "Set priority"),
    },
    ("Services", "Simulated garage"): {
        "trigger": ("Fuse overloaded", "Meter lost", "Meter back"),
        "condition": ("Fuse is overloaded", "Meter is lost"),
        "action": ("Set ceiling", "Clear ceiling"),
    },
    ("Devices", "Simulated home"): {
        "trigger": ("Fuse overloaded", "Meter lost", "Meter back"),
        "condition": ("Fuse is overloaded", "Meter is lost"),
        "action": ("Set ceiling", "Clear ceiling"),
    },
}
"""What the editor is to offer of ours, by what is picked under which head."""


@pytest.mark.timeout(300)
async def test_the_automation_editor_offers_what_is_picked_there(
    home_assistant: HomeAssistant, owner: Owner
) -> None:
    await owner.add_integration(home_assistant.url, "Amp Guard")
    await owner.sees("How is the property measured?")
    await owner.choose("A simulated home, to try it")
    await owner.submit()
    page = owner.page
    await page.set_viewport_size({"width": 1200, "height": 1000})
    await page.goto(f"{home_assistant.url}/config/automation/edit/new")
    dialog = page.locator("add-automation-element-dialog")
    for what in ("trigger", "condition", "action"):
        await page.get_by_role("button", name=f"Add {what}").first.click()
        opened = set()
        for (head, picked), offered in OFFERED.items():
            if head not in opened:
                await dialog.get_by_text(head, exact=True).last.click()
                opened.add(head)
            await dialog.get_by_text(picked, exact=True).first.click()
            for name in offered[what]:
                offer = dialog.get_by_role("listitem").or_(
                    dialog.locator("ha-md-list-item, ha-list-item-button")
                )
                offer = offer.filter(has_text=name).filter(has_text=picked)
                await expect(offer.first).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(dialog.get_by_role("dialog")).to_be_hidden()
