"""The device's page over real sockets, at its very address."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
import threading

from aiohttp import web
import pytest

from custom_components.amp_guard.provisioning import (
    AnotherDeviceError,
    FormNotFoundError,
    NoReplyError,
    NotTheDeviceError,
    PageUnreachableError,
    WifiPageError,
    wifi_page,
)
from custom_components.amp_guard.provisioning.credentials import Credentials
from custom_components.amp_guard.provisioning.html_form import Page, parse_page
from custom_components.amp_guard.provisioning.wifi_form import Answer, Outcome
from custom_components.amp_guard.provisioning.wifi_page import (
    decode,
    read_wifi_form,
    submit_wifi_form,
)
from custom_components.amp_guard.provisioning.words import Purpose
from simulator.devices.amp_guard_page import Layout, PageFault, PageSettings
from tests.clock import Clock
from tests.network import Neighbourhood

SERIAL = "2210012345G"
FORM = f"""<h1>Amp Guard {SERIAL}</h1><form method=post {{}}>
    <input name=ssid><input name=password></form>"""


def credentials(**changes: str) -> Credentials:
    given = {
        "serial_number": SERIAL,
        "pin": "12345678",
        "network_name": "Home",
        "password": "correct horse",
    }
    return Credentials(**given | changes)


@pytest.fixture(params=Layout)
def settings(request: pytest.FixtureRequest) -> PageSettings:
    return PageSettings(layout=request.param)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A status without a page."""

    status: int
    location: str | None = None

    def response(self) -> web.Response:
        headers = {"Location": self.location} if self.location else {}
        return web.Response(status=self.status, headers=headers)


class Server:
    """Whatever answers at the device's address, as it is told."""

    def __init__(self, answers: dict[str, object]) -> None:
        self.answers = answers
        self.requests: list[web.Request] = []
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self.runner = web.AppRunner(application, shutdown_timeout=0.1)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.requests.append(request)
        given = self.answers[f"{request.method} {request.path}"]
        if isinstance(given, str):
            return web.Response(text=given, content_type="text/html")
        return given.response() if isinstance(given, Answered) else await given()

    async def leave(self) -> None:
        """Take no more connections."""
        for site in list(self.runner.sites):
            await site.stop()


@pytest.fixture
async def serve(network: Neighbourhood) -> AsyncGenerator[Callable]:
    """Return a function that serves these answers, by method and path."""
    servers = []

    async def serve(answers: dict[str, object]) -> Server:
        server = Server(answers)
        servers.append(server)
        await server.runner.setup()
        listening = network.device.listen("192.168.251.1")
        await web.SockSite(server.runner, listening).start()
        return server

    yield serve
    for server in servers:
        await server.runner.cleanup()


# --- the device -----------------------------------------------------------------------


async def test_the_network_is_submitted(unpack, session, settings) -> None:
    device = await unpack(settings)
    answer = await submit_wifi_form(session, credentials())
    assert answer.outcome is Outcome.ACCEPTED
    assert device.page.joined.is_set()
    (form,) = device.page.submitted
    assert {"Home", "1"} & set(form.values())
    assert {"correct horse", "12345678"} <= set(form.values())


async def test_the_networks_that_it_sees(unpack, session) -> None:
    await unpack()
    form = await read_wifi_form(session, SERIAL)
    assert form.networks == ("Neighbour", "Home")


async def test_a_wrong_pin_is_refused(unpack, session, settings) -> None:
    device = await unpack(settings)
    answer = await submit_wifi_form(session, credentials(pin="87654321"))
    assert (answer.outcome, answer.about) == (Outcome.REFUSED, Purpose.PIN)
    assert "PIN" in answer.message
    assert not device.page.joined.is_set()

    answer = await submit_wifi_form(session, credentials())
    assert answer.outcome is Outcome.ACCEPTED


async def test_a_slow_device(unpack, session, settings) -> None:
    device = await unpack(replace(settings, slowness=0.2))
    device.page.fault = PageFault.SLOW
    answer = await submit_wifi_form(session, credentials())
    assert answer.outcome is Outcome.ACCEPTED


async def test_it_drops_off_before_anything_was_sent(unpack, session, settings) -> None:
    device = await unpack(settings)
    device.page.fault = PageFault.DROPS_WHEN_OPENED
    with pytest.raises(PageUnreachableError):
        await submit_wifi_form(session, credentials())
    assert device.page.submitted == []


async def test_it_drops_off_before_it_answers(unpack, session, settings) -> None:
    device = await unpack(settings)
    device.page.fault = PageFault.DROPS_WHEN_SUBMITTED
    with pytest.raises(NoReplyError):
        await submit_wifi_form(session, credentials())
    assert len(device.page.submitted) == 1


async def test_another_device(unpack, session) -> None:
    await unpack()
    with pytest.raises(AnotherDeviceError):
        await read_wifi_form(session, "2299999999G")


async def test_nobody_is_there(network, session) -> None:
    with pytest.raises(PageUnreachableError):
        await read_wifi_form(session, SERIAL)


@pytest.mark.parametrize(
    ("method", "error"), [("GET", PageUnreachableError), ("POST", NoReplyError)]
)
async def test_it_never_answers(
    serve, session, clock: Clock, method: str, error: type[WifiPageError]
) -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    async def wait() -> web.Response:
        asked.set()
        await never.wait()
        return web.Response()

    await serve({"GET /": FORM.format("")} | {f"{method} /": wait})
    submitting = asyncio.create_task(submit_wifi_form(session, credentials()))
    await asked.wait()
    clock.advance(20.0)
    with pytest.raises(error):
        await submitting
    never.set()


async def test_it_leaves_before_the_form_is_sent(serve, session) -> None:
    async def last_answer() -> web.Response:
        await server.leave()
        return web.Response(text=FORM.format(""), content_type="text/html")

    server = await serve({"GET /": last_answer})
    with pytest.raises(PageUnreachableError):
        await submit_wifi_form(session, credentials())


async def test_it_leaves_after_the_form_was_sent(serve, session) -> None:
    async def last_answer() -> web.Response:
        await server.leave()
        return web.Response(status=303, headers={"Location": "/done"})

    server = await serve({"GET /": FORM.format(""), "POST /": last_answer})
    with pytest.raises(NoReplyError):
        await submit_wifi_form(session, credentials())


# --- other pages ----------------------------------------------------------------------


def redirect(location: str) -> Answered:
    return Answered(status=302, location=location)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("", NotTheDeviceError),
        (FORM.format("").replace(f"Amp Guard {SERIAL}", "Router"), NotTheDeviceError),
        (FORM.format("").replace(SERIAL, "2299999999G"), AnotherDeviceError),
        ("<title>Amp Guard</title>", FormNotFoundError),
        ("<title>Charge Amps</title><form><input name=ssid></form>", FormNotFoundError),
        pytest.param(SERIAL + "x" * 300_000, NotTheDeviceError, id="far too long"),
        (redirect("http://192.168.77.10/"), NotTheDeviceError),
        (redirect("https://192.168.251.1/"), NotTheDeviceError),
        (redirect("http://192.168.251.1:8080/"), NotTheDeviceError),
        (redirect("http://[/"), NotTheDeviceError),
        (redirect("/"), NotTheDeviceError),
        (FORM.format("action=http://192.168.77.10/"), NotTheDeviceError),
        (FORM.format("action=javascript:send()"), NotTheDeviceError),
        ("<base href=http://[>" + FORM.format("action=x"), NotTheDeviceError),
    ],
)
async def test_the_password_goes_to_the_device_alone(
    serve, session, answer: object, error: type[WifiPageError]
) -> None:
    server = await serve({"GET /": answer})
    with pytest.raises(error):
        await submit_wifi_form(session, credentials())
    assert {request.method for request in server.requests} == {"GET"}


@pytest.mark.parametrize(
    "page",
    [FORM.format("") + "<p>x" * 16_384, FORM.format("") + "<input name=n>" * 101],
    ids=["too long", "too many fields"],
)
async def test_a_page_that_no_small_device_has_is_not_read(
    serve, session, page: str
) -> None:
    server = await serve({"GET /": page})
    with pytest.raises(NotTheDeviceError):
        await submit_wifi_form(session, credentials())
    assert len(server.requests) == 1


async def test_the_event_loop_does_not_wait_for_a_page_to_be_understood(
    serve, session, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def parse(text: str) -> Page:
        threads.append(threading.get_ident())
        return parse_page(text)

    monkeypatch.setattr(wifi_page, "parse_page", parse)
    page = f"<h1>Amp Guard {SERIAL}</h1>" + "<p>x" * 10_000
    await serve({"GET /": FORM.format(""), "POST /": page})
    await submit_wifi_form(session, credentials())
    assert len(threads) == 2  # the form, and the answer
    assert threading.get_ident() not in threads


async def test_a_page_behind_a_redirect(serve, session) -> None:
    answers = {"GET /": redirect("wifi/setup.html"), "GET /wifi/setup.html": FORM}
    server = await serve(answers | {"POST /wifi/setup.html": "Saved"})
    answer = await submit_wifi_form(session, credentials())
    assert answer.outcome is Outcome.ACCEPTED
    assert server.requests[-1].headers["Content-Type"] == (
        "application/x-www-form-urlencoded"
    )
    assert await server.requests[-1].text() == "ssid=Home&password=correct+horse"


@pytest.mark.parametrize(
    ("menu", "asked"),
    [
        ("<a href=/power>Power</a><a href=/w>Wi-Fi</a>", ["/", "/w"]),
        ("<a href=/r>Reset Wi-Fi</a><a href=/w>Wi-Fi</a>", ["/", "/w"]),
        ("<a href=/r>Glöm nätverket</a><a href=/w>Nätverk</a>", ["/", "/w"]),
        ("<base href=/x/><a href=../w>Nätverk</a>", ["/", "/w"]),
        ("<a href=http://192.168.77.10/w>WLAN</a><a href=/w>WLAN</a>", ["/", "/w"]),
        ("<a href=/>Network</a><a href=/w>Network</a>", ["/", "/", "/w"]),
    ],
)
async def test_the_form_is_behind_a_link(
    serve, session, menu: str, asked: list[str]
) -> None:
    server = await serve({"GET /": f"Amp Guard {menu}", "GET /w": FORM.format("")})
    await read_wifi_form(session, SERIAL)
    assert [request.path for request in server.requests] == asked


async def test_not_every_link_is_tried(serve, session) -> None:
    menu = "".join(f"<a href=/?{number}>Network</a>" for number in range(9))
    server = await serve({"GET /": f"Amp Guard {menu}"})
    with pytest.raises(FormNotFoundError):
        await read_wifi_form(session, SERIAL)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("page", "target"),
    [
        (FORM.format("action=save"), "/save"),
        (FORM.format("action=/save?x=1#top"), "/save?x=1"),
        (FORM.format("action='http://192.168.251.1/save'"), "/save"),
        ("<base href=/cgi/>" + FORM.format("action=save"), "/cgi/save"),
        ("<base href=/cgi/>" + FORM.format(""), "/"),
    ],
)
async def test_where_the_form_goes(serve, session, page: str, target: str) -> None:
    path = target.partition("?")[0]
    server = await serve({"GET /": page, f"POST {path}": "Saved"})
    await submit_wifi_form(session, credentials())
    assert server.requests[-1].path_qs == target


async def test_a_form_that_goes_into_the_address(serve, session) -> None:
    page = FORM.format("action=/save?old=1").replace("method=post", "")
    server = await serve({"GET /": page, "GET /save": "Saved"})
    await submit_wifi_form(session, credentials(password="a&b c+d%"))
    assert dict(server.requests[-1].query) == {"ssid": "Home", "password": "a&b c+d%"}


async def test_an_answer_elsewhere_is_not_read(serve, session) -> None:
    elsewhere = redirect("http://192.168.77.10/")
    await serve({"GET /": FORM.format(""), "POST /": elsewhere})
    with pytest.raises(NoReplyError):
        await submit_wifi_form(session, credentials())


@pytest.mark.parametrize(
    ("answer", "outcome", "message", "about"),
    [
        (Answered(status=401), Outcome.REFUSED, "", Purpose.PIN),
        (Answered(status=400), Outcome.REFUSED, "HTTP 400", None),
        (Answered(status=500), Outcome.UNCLEAR, "HTTP 500", None),
        ("Wrong: 'correct horse', 12345678", Outcome.REFUSED, "Wrong: '•', •", None),
    ],
)
async def test_a_refusal_does_not_repeat_the_secrets(
    serve, session, answer: object, outcome: Outcome, message: str, about: Purpose
) -> None:
    await serve({"GET /": FORM.format(""), "POST /": answer})
    message = message.replace("•", "•" * 8)
    assert await submit_wifi_form(session, credentials()) == Answer(
        outcome=outcome, message=message, about=about
    )


@pytest.mark.parametrize(
    ("body", "declared", "expected"),
    [
        ("å".encode(), "", ("å", "utf-8")),
        ("å".encode("cp1252"), "", ("å", "windows-1252")),
        ("å".encode("cp1252"), "utf-8", ("å", "windows-1252")),
        ("å".encode("cp1252"), "ISO-8859-1", ("å", "iso8859-1")),
        ("\ufeffå".encode(), "iso-8859-1", ("å", "utf-8")),
        ('<meta charset="cp850">å'.encode("cp850"), "",
         ('<meta charset="cp850">å', "cp850")),
        ('<meta content="text/html; charset=koi8-r">Я'.encode("koi8-r"), "",
         ('<meta content="text/html; charset=koi8-r">Я', "koi8-r")),
        (b"<meta charset=utf-16>", "", ("<meta charset=utf-16>", "utf-8")),
        (b"x", "no-such", ("x", "utf-8")),
        (b"x", "rot13", ("x", "utf-8")),
        (b"x", "undefined", ("x", "utf-8")),
        (b"\x81", "", ("\ufffd", "windows-1252")),
    ],
)  # fmt: skip
def test_a_page_in_any_encoding(body: bytes, declared: str, expected: tuple) -> None:
    assert decode(body, declared) == expected
