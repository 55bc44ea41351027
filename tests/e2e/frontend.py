"""An owner in front of a screen: the real frontend in a real browser, headless."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
import shutil

from playwright.async_api import Locator, Page, async_playwright, expect

from demo.browser import Account

CHROMIUM = (
    "--no-sandbox",  # it would need a right of its own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREEN = {"width": 640, "height": 860}
PATIENCE = 30_000
"""ms. Nothing here takes long; this ends what never comes."""
expect.set_options(timeout=PATIENCE)


def chromium() -> str:
    """Return the browser's program."""
    program = shutil.which("chromium")
    assert program, "There is no chromium: scripts/packages installs it."
    return program


class Owner:
    """Sits in front of Home Assistant; each screen of a set-up counts as a step."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self._pictures = pictures
        self.steps: list[str] = []

    async def sign_in(self, url: str, account: Account) -> None:
        await self.page.goto(url)
        await self.page.locator("input[name=username]").fill(account.username)
        await self.page.locator("input[name=password]").fill(account.password)
        await self.page.keyboard.press("Enter")
        await self.page.locator("home-assistant-main").wait_for()

    async def add_integration(self, url: str, name: str) -> None:
        await self.page.goto(f"{url}/config/integrations/dashboard")
        await self.page.get_by_role("button", name="Add integration").first.click()
        brands = self.page.locator("dialog-add-integration")
        await brands.locator("input").first.fill(name)
        await brands.get_by_text(name, exact=True).click()

    async def reconfigure(self, url: str, domain: str, subentry: str) -> None:
        """Begin to change what is below an integration's entry, by its name."""
        await self.page.goto(f"{url}/config/integrations/integration/{domain}")
        rows = self.page.locator("ha-config-sub-entry-row")
        row = rows.filter(has=self.page.get_by_text(subentry, exact=True))
        await row.locator("ha-icon-button[slot=end]").click()

    async def reads(self, text: str) -> None:
        """Wait until the dialog says something."""
        await self._dialog.get_by_text(text).wait_for()

    async def sees(self, title: str) -> None:
        """Wait for a step of the set-up, by what is in its title."""
        titles = self._dialog.locator(".dialog-title")
        await titles.filter(has_text=title).wait_for()
        self.steps.append(title)

    async def choose(self, option: str) -> None:
        await self._take_picture()
        await self._dialog.get_by_text(option, exact=True).click()

    async def submit(self, **fields: str) -> None:
        for name, value in fields.items():
            await self._dialog.locator(f"input[name={name}]").fill(value)
        await self._take_picture()
        await self._dialog.get_by_role("button", name="Submit").click()

    @property
    def _dialog(self) -> Locator:
        return self.page.locator("dialog-data-entry-flow")

    async def _take_picture(self) -> None:
        await self._dialog.get_by_role("dialog").screenshot(
            path=self._pictures / f"{len(self.steps)}.png", animations="disabled"
        )


@asynccontextmanager
async def owner_at_screen(pictures: Path) -> AsyncGenerator[Owner]:
    """Open a browser; close it afterwards, whatever happens."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=CHROMIUM
        )
        page = await browser.new_page(viewport=SCREEN)
        page.set_default_timeout(PATIENCE)
        try:
            yield Owner(page, pictures)
        finally:
            await browser.close()
