"""The words at fields, links, buttons and answers, and what they say.

No name of the device's page is published, so what is on it is recognised by its words.
They are data: another language or spelling is another word here.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
import re
import unicodedata


class Purpose(StrEnum):
    """What a field is for; its value is the credential's name."""

    PIN = "pin"
    SERIAL_NUMBER = "serial_number"
    PASSWORD = "password"  # noqa: S105 - a field's purpose
    NETWORK_NAME = "network_name"


WORDS: Mapping[Purpose | None, tuple[str, ...]] = {
    # In this order: a "network password" is a password, a "network mask" is neither.
    Purpose.PIN: (
        *("pin", "pincode", "pinkod", "pinkode", "pinkoodi", "codepin"),
        *("device password", "admin password", "enhetens lösenord"),
    ),
    Purpose.SERIAL_NUMBER: (
        *("serial", "s n", "serienummer", "seriennummer", "sarjanumero"),
        "numéro de série",
    ),
    Purpose.PASSWORD: (
        *("password", "pass", "pwd", "passphrase", "psk", "key", "passwd"),
        *("lösenord", "nyckel", "passord", "nøkkel", "adgangskode", "kodeord"),
        *("salasana", "passwort", "kennwort", "schlüssel", "wachtwoord"),
        "mot de passe",
    ),
    None: (
        *("mask", "gateway", "dns", "dhcp", "ip", "ip address", "channel", "country"),
        *("security", "encryption", "authentication", "säkerhet", "kryptering"),
        *("verschlüsselung", "sikkerhet", "sikkerhed", "host", "hostname"),
    ),
    Purpose.NETWORK_NAME: (
        *("ssid", "network", "wifi name", "wi fi name", "wlan name"),
        *("nätverk", "nettverk", "netværk", "verkko", "netzwerk", "netwerk"),
        "réseau",
    ),
}
SHORT = 4
"""Letters. A shorter word counts as a whole word only: "pin" is not in "shipping"."""
OTHER_NETWORK = ("other", "manual", "hidden", "annat", "manuell", "dolt", "andere")
"""An option that says that the network's name is typed beside the list."""
SUBMIT = ("submit", "save", "apply", "connect", "spara", "anslut", "skicka", "ok")
"""A button that is the one to click, where there are several."""

TO_THE_FORM = ("wifi", "wi fi", "wlan", *WORDS[Purpose.NETWORK_NAME])
"""A link that may lead to the form, where the page itself has none."""
DOES_SOMETHING = (
    *("reset", "restart", "reboot", "forget", "delete", "remove", "disconnect"),
    *("återställ", "starta om", "glöm", "radera", "ta bort", "koppla från"),
)
"""A link that is not followed: it may do what it says."""

REFUSED = (
    *("wrong", "invalid", "incorrect", "fail", "error", "refused", "rejected"),
    *("denied", "not valid", "not correct", "not accepted", "could not", "cannot"),
    *("fel", "felaktig", "ogiltig", "misslyckades", "nekad", "inte rätt"),
    *(
        "kunde inte",
        "falsch",
        "ungültig",
        "fehler",
        "fehlgeschlagen",
        "feil",
        "ugyldig",
        "forkert",
    ),
)
ACCEPTED = (
    *("saved", "success", "accepted", "connecting", "restarting", "rebooting"),
    *("will restart", "thank you", "done", "sparad", "sparat", "ansluter"),
    *("lyckades", "godkänd", "startar om", "startas om", "tack", "klart", "klar"),
    *("gespeichert", "erfolgreich", "wird verbunden", "lagret", "gemt"),
)


def purpose_of(text: str) -> Purpose | None:
    """Return what a text says that a field is for, None where it says nothing."""
    return next((each for each, words in WORDS.items() if says(text, words)), None)


def says(text: str, phrases: tuple[str, ...]) -> bool:
    """Return whether one of the phrases, or a word made with it, is in a text."""
    plain = f" {_plain(text)} "
    words = plain.split()
    for phrase in _plain_phrases(phrases):
        if f" {phrase} " in plain:
            return True
        if len(phrase) >= SHORT:
            joined = phrase.replace(" ", "")
            if f" {phrase}" in plain or any(joined in word for word in words):
                return True
    return False


@cache
def _plain_phrases(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_plain, phrases))


def _plain(text: str) -> str:
    """Return the words in lower case without accents, one space between them."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)  # wifiKey
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", parted)
        if not unicodedata.combining(letter)
    )
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))
