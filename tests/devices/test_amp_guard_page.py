"""The simulated pages take nothing that a browser would not send."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from simulator.devices.amp_guard_page import AmpGuardPage, Layout, PageSettings


@pytest.fixture
async def page(request: pytest.FixtureRequest) -> AsyncGenerator[AmpGuardPage]:
    page = AmpGuardPage(PageSettings(layout=request.param))
    await page.start("127.0.0.1")
    yield page
    await page.stop()


async def submit(page: AmpGuardPage, path: str, data: object) -> tuple[int, str]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(
        f"http://{page.address}", cookie_jar=jar
    ) as client:
        await client.get("/")
        async with client.post(path, data=data) as response:
            return response.status, await response.text()


def english(page: AmpGuardPage, **changes: str) -> dict[str, str]:
    given = {"csrf": page._token, "page": "wifi&config", "sec": "4", "dhcp": "on"}
    return given | {"go": "Submit", "sel1": "1", "t2": "x", "t3": "12345678"} | changes


@pytest.mark.parametrize("page", [Layout.ENGLISH], indirect=True)
@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({}, 200, "Settings saved"),
        ({"csrf": "of yesterday"}, 400, "Bad request"),
        ({"rescan": "Scan again"}, 400, "Bad request"),
        ({"t3": "87654321"}, 200, "Wrong PIN."),
        ({"sel1": ""}, 200, "No network was chosen"),
        ({"sel1": "2"}, 200, "No network was chosen"),
    ],
)
async def test_the_english_page(page, changes: dict, status: int, said: str) -> None:
    answer = await submit(page, "/goform/setWifi", english(page, **changes))
    assert answer[0] == status
    assert said in answer[1]
    assert not page.joined.is_set()  # with the wrong password it never joins


@pytest.mark.parametrize("page", [Layout.SWEDISH], indirect=True)
@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({}, 200, "Tack! Mätaren startar om."),
        ({"lage": "andra gången"}, 400, "Fel begäran"),
        ({"falt3": "2299999999G"}, 200, "Fel serienummer"),
        ({"falt4": "87654321"}, 200, "Fel PIN-kod"),
    ],
)
async def test_the_swedish_page(page, changes: dict, status: int, said: str) -> None:
    form = aiohttp.FormData(default_to_multipart=True, charset="iso-8859-1")
    given = {"lage": "första gången", "falt1": "Home", "falt2": "correct horse"}
    given |= {"falt3": "2210012345G", "falt4": "12345678"}
    for name, value in (given | changes).items():
        form.add_field(name, value)
    answer = await submit(page, "/natverk/spara", form)
    assert answer[0] == status
    assert said in answer[1]
    assert page.joined.is_set() == (not changes)


@pytest.mark.parametrize("page", [Layout.SWEDISH], indirect=True)
async def test_the_swedish_page_wants_its_cookie(page) -> None:
    async with aiohttp.ClientSession(f"http://{page.address}") as stranger:
        async with stranger.get("/status") as response:
            assert response.status == 403
        form = aiohttp.FormData({"lage": "x"}, default_to_multipart=True)
        async with stranger.post("/natverk/spara", data=form) as response:
            assert response.status == 403
