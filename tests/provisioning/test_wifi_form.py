"""The form with the property's network is recognised, filled in and its answer read."""

from dataclasses import replace
from html import escape

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.amp_guard.provisioning import NetworkNotListedError
from custom_components.amp_guard.provisioning.credentials import Credentials
from custom_components.amp_guard.provisioning.html_form import parse_page
from custom_components.amp_guard.provisioning.wifi_form import (
    Answer,
    Outcome,
    WifiForm,
    find_wifi_form,
    judge,
)
from custom_components.amp_guard.provisioning.words import Purpose

CREDENTIALS = Credentials(
    serial_number="2210012345G",
    pin="12345678",
    network_name="Home",
    password="correct horse",
)
PLAIN = "<form><input name=ssid><input name=password type=password></form>"


def wifi_form(controls: str) -> WifiForm:
    found = find_wifi_form(parse_page(f"<form>{controls}</form>"))
    assert found is not None
    return found


def filled(controls: str) -> list[tuple[str, str]]:
    return wifi_form(controls).fill(CREDENTIALS)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("SSID", "PSK"),
        ("Network name", "Network password"),
        ("Wi-Fi name", "Wi-Fi key"),
        ("wifiNetworkName", "wifiPassPhrase"),
        ("wlan_ssid", "wlan_passwd"),
        ("Nätverksnamn (SSID)", "Lösenord för nätverket"),
        ("Fastighetens nätverk", "Nätverksnyckel"),
        ("NATVERKSNAMN", "LOSENORD"),
        ("Navn på nettverket", "Passord"),
        ("Netværk", "Adgangskode"),
        ("Verkko", "Salasana"),
        ("Netzwerkname", "WLAN-Schlüssel"),
        ("Netwerk", "Wachtwoord"),
        ("Nom du réseau", "Mot de passe"),
    ],
)
def test_fields_are_known_by_their_words(name: str, password: str) -> None:
    sent = [("f1", "Home"), ("f2", "correct horse")]
    label = "<label>{} <input name={}></label>".format
    assert filled(label(name, "f1") + label(password, "f2")) == sent
    assert (
        filled(f"<p>{name}<br><input name=f1><p>{password}<br><input name=f2>") == sent
    )
    both = [(name, "Home"), (password, "correct horse")]
    assert filled(f"<input name='{name}'><input name='{password}'>") == both


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("PIN", "12345678"),
        ("PIN-kod", "12345678"),
        ("PIN code (on the back)", "12345678"),
        ("Device password", "12345678"),
        ("Serial number", "2210012345G"),
        ("S/N", "2210012345G"),
        ("Serienummer", "2210012345G"),
        ("Network password again", "correct horse"),
        ("Network mask", "as it was"),
        ("IP address", "as it was"),
        ("Network security", "as it was"),
        ("Host name in the network", "as it was"),
        ("Shipping", "as it was"),
        ("Notes", "as it was"),
    ],
)
def test_what_else_a_form_may_ask_for(words: str, value: str) -> None:
    more = f"<label>{words} <input name=more value='as it was'></label>"
    assert dict(filled(PLAIN.removesuffix("</form>") + more))["more"] == value


def test_a_password_in_any_language() -> None:
    assert filled("<input name=ssid>Hasło<input name=h type=password>") == [
        ("ssid", "Home"),
        ("h", "correct horse"),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>network password</p>",
        "<form><input name=ssid></form>",
        "<form><input name=password></form>",
        "<form><input name=ssid></form><form><input name=password></form>",
        "<form><input name=ssid disabled><input name=password></form>",
        "<form><input type=hidden name=ssid><input name=password></form>",
        "<form><input name=ssid><select name=password></select></form>",
        "<form><input type=checkbox name=network><input name=password></form>",
        "<form><input name=ssid><input type=password></form>",
        "<form><input name=ssid><input type=password><input type=password></form>",
        f"<form><input name=ssid>{2 * '<input name=a type=password>'}</form>",
    ],
)
def test_a_page_without_such_a_form(html: str) -> None:
    assert find_wifi_form(parse_page(html)) is None


def test_the_first_such_form_is_taken() -> None:
    page = parse_page(f"<form><input name=q></form>{PLAIN}<form><input name=x></form>")
    found = find_wifi_form(page)
    assert found is not None
    assert set(found.purposes.values()) == {Purpose.NETWORK_NAME, Purpose.PASSWORD}


def test_a_form_of_something_else_stays_out() -> None:
    search = "<form><input name=q></form>"
    assert find_wifi_form(parse_page(search + PLAIN)).form.controls[0].name == "ssid"


# --- the list of networks -------------------------------------------------------------

LIST = """Network <select name=list><option value="">Choose</option>{}</select>
    <input type=password name=password>"""


@pytest.mark.parametrize(
    ("options", "networks", "sent"),
    [
        ("<option>Cafe<option>Home", ("Cafe", "Home"), "Home"),
        ("<option value=0>Cafe<option value=1>Home", ("Cafe", "Home"), "1"),
        ("<option value=0>Cafe (90 %)<option value=1>Home (70 %)", ("Cafe", "Home"), "1"),
        ("<option value=Home>Home [WPA2] -63 dBm", ("Home",), "Home"),
        ("<option value=1>Home-Guest 80%<option value=2>Home 80%",
         ("Home-Guest", "Home"), "2"),
        ("<option value=1>Home<option value=2>Home", ("Home",), "2"),
        ("<option value=5>5GHome<option value=6>Home", ("5GHome", "Home"), "6"),
        ("<option value=1>(hidden)<option value=2>Home", ("Home",), "2"),
    ],
)  # fmt: skip
def test_the_network_is_chosen(options: str, networks: tuple, sent: str) -> None:
    form = wifi_form(LIST.format(options))
    assert form.networks == networks
    assert dict(form.fill(CREDENTIALS))["list"] == sent


def test_a_network_that_is_not_listed() -> None:
    form = wifi_form(LIST.format("<option value=1>Cafe"))
    with pytest.raises(NetworkNotListedError):
        form.fill(CREDENTIALS)


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ("<option value=1>Home", {"list": "1", "ssid": ""}),
        ("<option value=1>Cafe", {"list": "", "ssid": "Home"}),
        ("<option value=1>Cafe<option value=x>Other network ...",
         {"list": "x", "ssid": "Home"}),
        ("<option value=x>Annat nätverk", {"list": "x", "ssid": "Home"}),
    ],
)  # fmt: skip
def test_a_network_is_typed_beside_the_list(options: str, sent: dict) -> None:
    form = wifi_form(LIST.format(options) + "Name of another network<input name=ssid>")
    assert sent.items() <= dict(form.fill(CREDENTIALS)).items()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_any_network_is_found_in_a_list(name: str) -> None:
    name = " ".join(name.split())  # as a browser shows it
    assume(name not in {"", "0", "Cafe"})
    form = wifi_form(
        LIST.format(f"<option value=0>Cafe<option value=1>{escape(name)}</option>")
    )
    assert dict(form.fill(replace(CREDENTIALS, network_name=name)))["list"] == "1"


# --- the button -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("buttons", "clicked"),
    [
        ("<button name=b value=1>Go</button>", [("b", "1")]),
        ("<input type=submit name=b value=Scan><input type=submit name=c value=Save>",
         [("c", "Save")]),
        ("<button name=b value=1>Sök igen</button><button name=c value=2>Anslut</button>",
         [("c", "2")]),
        ("<input type=submit name=b value=A><input type=submit name=c value=B>",
         [("b", "A")]),
        ("<input type=submit value=Submit>", []),
    ],
)  # fmt: skip
def test_one_button_is_clicked(buttons: str, clicked: list) -> None:
    assert filled(PLAIN.removeprefix("<form>").removesuffix("</form>") + buttons)[
        2:
    ] == (clicked)


# --- the answer -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "outcome", "about"),
    [
        ("<p>Settings saved.", Outcome.ACCEPTED, None),
        ("<p>Connecting to Home", Outcome.ACCEPTED, None),
        ("<p>Tack! Enheten startar om.", Outcome.ACCEPTED, None),
        ("<p>Wrong PIN", Outcome.REFUSED, Purpose.PIN),
        ("<p>Felaktig PIN-kod", Outcome.REFUSED, Purpose.PIN),
        ("<p>Fel serienummer", Outcome.REFUSED, Purpose.SERIAL_NUMBER),
        ("<p>The password is not valid", Outcome.REFUSED, Purpose.PASSWORD),
        ("<p>Could not connect", Outcome.REFUSED, None),
        (f"<p>Connecting failed<p>Nothing was saved{PLAIN}", Outcome.REFUSED, None),
        ("<p>Saved.<p>If something fails, start over.", Outcome.UNCLEAR, None),
        ("<p>Hello", Outcome.UNCLEAR, None),
        ("", Outcome.UNCLEAR, None),
        (PLAIN, Outcome.UNCLEAR, None),
        (f"<p>A wrong password fails.{PLAIN}", Outcome.UNCLEAR, None),
    ],
)
def test_the_answer(answer: str, outcome: Outcome, about: Purpose | None) -> None:
    before = parse_page(f"<p>A wrong password fails.{PLAIN}")
    judged = judge(before, parse_page(answer))
    assert (judged.outcome, judged.about) == (outcome, about)


def test_a_refusal_is_passed_on_in_short() -> None:
    refusal = f"Wrong\u202e PIN {'x' * 1000}"
    judged = judge(parse_page(""), parse_page(refusal))
    assert judged.message == ("Wrong PIN " + "x" * 1000)[:200]


@given(st.text())
def test_any_answer_can_be_read(answer: str) -> None:
    assert isinstance(judge(parse_page(PLAIN), parse_page(answer)), Answer)
