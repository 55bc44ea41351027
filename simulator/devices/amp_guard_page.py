"""A new Amp Guard on its own Wi-Fi: the page that takes the property's network.

No field name of the real page is published. These are two that could be: unlike each
other in language, layout, names, encoding, and in how they answer.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from secrets import token_hex

from aiohttp import BodyPartReader, web

from . import Device, Handler

ADDRESS = "192.168.251.1"
"""[installation manual]"""
SWEDISH_ENCODING = "iso-8859-1"


class Layout(StrEnum):
    """Which page it is."""

    ENGLISH = "english"
    """A menu of pages; a table and a list of the networks; answers on the spot."""
    SWEDISH = "swedish"
    """Labels, a typed name, another encoding; answers by a redirect and a cookie."""


class PageFault(StrEnum):
    """What is wrong with the page."""

    SLOW = "slow"
    """Each answer takes its time."""
    DROPS_WHEN_OPENED = "drops when opened"
    DROPS_WHEN_SUBMITTED = "drops when submitted"
    """It takes the form, and the connection is gone before it answers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageSettings:
    """What the device is, and the networks that it sees, by their passwords."""

    serial_number: str = "2210012345G"
    pin: str = "12345678"
    layout: Layout = Layout.ENGLISH
    networks: dict[str, str] = field(
        default_factory=lambda: {"Neighbour": "kept secret", "Home": "correct horse"}
    )
    slowness: float = 3.0
    """s that an answer takes where the page is slow."""


class AmpGuardPage(Device):
    """The device's web server, as long as it has its own Wi-Fi.

    `joined` is set when it was given a network that it can join.
    """

    def __init__(self, settings: PageSettings | None = None) -> None:
        """Make a device that no network was given to."""
        super().__init__()
        self.settings = settings or PageSettings()
        self.fault: PageFault | None = None
        self.joined = asyncio.Event()
        self.refusal = ""
        """Why it refuses any network, in its own words."""
        self.replacement = ""
        """Another page in its place."""
        self.submitted: list[dict[str, str]] = []
        """Each form that came, by the names of its fields."""
        self._token = token_hex(8)
        self._session = token_hex(8)
        self._status = ""

    def application(self) -> web.Application:
        """Return the page."""
        application = web.Application(middlewares=[self._break])
        english = self.settings.layout is Layout.ENGLISH
        application.add_routes(
            [
                web.get("/", self._menu if english else self._swedish),
                web.get("/wifi.html", self._english),
                web.post("/goform/setWifi", self._set_wifi),
                web.post("/natverk/spara", self._spara),
                web.get("/status", self._show_status),
            ]
        )
        return application

    @web.middleware
    async def _break(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if self.fault is PageFault.SLOW:
            await asyncio.sleep(self.settings.slowness)
        if self.fault is PageFault.DROPS_WHEN_OPENED:
            _drop(request)
        if self.replacement:
            return _html(self.replacement)
        response = await handler(request)
        if self.fault is PageFault.DROPS_WHEN_SUBMITTED and request.method == "POST":
            _drop(request)
        return response

    # --- in English -------------------------------------------------------------------

    async def _menu(self, _request: web.Request) -> web.Response:
        return _html(f"""\
<HTML><HEAD><TITLE>Amp Guard</TITLE></HEAD><BODY><H1>Local management interface</H1>
<P>Serial number: {self.settings.serial_number}
<UL><LI><A HREF="electrical.html">Electrical settings</A>
<LI><A HREF="wifi.html">Facility Wi-Fi network <B>configuration</B></A></UL>
</BODY></HTML>""")

    async def _english(self, _request: web.Request) -> web.Response:
        return _html(self._english_form())

    def _english_form(self, error: str = "") -> str:
        options = "".join(
            f'<option value="{number}">{escape(name)} ({90 - 10 * number}%)</option>'
            for number, name in enumerate(self.settings.networks)
        )
        return f"""\
<!DOCTYPE html>
<HTML><HEAD><META CHARSET="utf-8"><TITLE>Amp Guard</TITLE>
<SCRIPT>if (1 < 2) document.write('<form><input name="ssid"></form>')</SCRIPT></HEAD>
<BODY><H1>Local management interface</H1>
<FORM action="/lang"><SELECT name=lang><OPTION>en<OPTION>sv</SELECT></FORM>
<H2>Facility Wi-Fi network configuration</H2>
<P>If the wrong password is given, the device fails to connect and starts over.
<FONT color=red>{escape(error)}</FONT>
<FORM method=POST action="/goform/setWifi">
<INPUT type=hidden name=csrf value={self._token}>
<INPUT type=hidden name=page value="wifi&amp;config">
<TABLE>
<TR><TD>Serial number<TD>{self.settings.serial_number}
<TR><TD>Facility network:<TD><SELECT name=sel1>
<OPTION value="">-- choose --{options}</SELECT>
<TR><TD>Security:<TD><SELECT name=sec><OPTION value=4 selected>WPA2<OPTION value=0>None
</SELECT>
<TR><TD>Network key:<TD><INPUT type=password name=t2 maxlength=30>
<TR><TD>PIN:<TD><INPUT name=t3 size=8>
<TR><TD>DHCP<TD><INPUT type=checkbox name=dhcp checked>
</TABLE>
<INPUT type=submit name=rescan value="Scan again"> <INPUT type=reset>
<INPUT type=submit name=go value=Submit>
</FORM></BODY></HTML>"""

    async def _set_wifi(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.submitted.append(form)
        expected = {"csrf": self._token, "page": "wifi&config", "sec": "4"}
        expected |= {"dhcp": "on", "go": "Submit"}
        if "rescan" in form or not expected.items() <= form.items():
            return web.Response(status=400, text="Bad request")
        if self.refusal:
            return _html(self._english_form(self.refusal))
        if form["t3"] != self.settings.pin:
            return _html(self._english_form("Wrong PIN."))
        names = list(self.settings.networks)
        if not form["sel1"].isdigit() or int(form["sel1"]) >= len(names):
            return _html(self._english_form("No network was chosen: invalid."))
        self._join(names[int(form["sel1"])], form["t2"])
        return _html("<title>Amp Guard</title><p>Settings saved. Connecting ...")

    # --- in Swedish -------------------------------------------------------------------

    async def _swedish(self, _request: web.Request) -> web.Response:
        response = web.Response(
            body=self._swedish_form().encode(SWEDISH_ENCODING), content_type="text/html"
        )
        response.set_cookie("session", self._session)
        return response

    def _swedish_form(self) -> str:
        return f"""\
<html><head><meta http-equiv="Content-Type" content="text/html; charset={SWEDISH_ENCODING}">
<title>Charge Amps</title></head><body>
<form method="post" action="natverk/spara" enctype="multipart/form-data">
<fieldset><legend>Anslut mätaren till fastighetens nätverk</legend>
<input type="hidden" name="lage" value="första gången">
<div><label for="a">Nätverkets namn</label> <input id="a" name="falt1"></div>
<div><label>Lösenord <input type="password" name="falt2"></label></div>
<div><label for="c">Serienummer</label> <input id="c" name="falt3"></div>
<div><label for="d">PIN-kod</label> <input id="d" name="falt4" type="tel"></div>
<button type="button">Visa lösenord</button> <button>Spara</button>
</fieldset></form></body></html>"""

    async def _spara(self, request: web.Request) -> web.Response:
        settings, form = self.settings, {}
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                form[str(part.name)] = await part.text(encoding=SWEDISH_ENCODING)
        self.submitted.append(form)
        if request.cookies.get("session") != self._session:
            raise web.HTTPForbidden
        if form["lage"] != "första gången":
            return web.Response(status=400, text="Fel begäran")
        if form["falt4"] != settings.pin:
            self._status = "Fel PIN-kod. Försök igen."
        elif form["falt3"] != settings.serial_number:
            self._status = "Fel serienummer. Försök igen."
        else:
            self._join(form["falt1"], form["falt2"])
            self._status = "Tack! Mätaren startar om."
        return web.Response(status=303, headers={"Location": "/status"})

    async def _show_status(self, request: web.Request) -> web.Response:
        if request.cookies.get("session") != self._session:
            raise web.HTTPForbidden
        return _html(f"<html><body><p>{self._status}</p></body></html>")

    # --- both -------------------------------------------------------------------------

    def _join(self, network: str, password: str) -> None:
        """Join a network; with the wrong password it is never seen there."""
        if self.settings.networks.get(network) == password:
            self.joined.set()


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    raise web.HTTPServiceUnavailable
