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
