"""The form that puts the device on the property's Wi-Fi: recognised, filled, answered.

No field name is published, so a field is recognised by the words at it (`words.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
import re

from . import NetworkNotListedError
from .credentials import Credentials
from .html_form import SUBMIT_BUTTONS, Control, Form, Option, Page
from .words import (
    ACCEPTED,
    DOES_SOMETHING,
    OTHER_NETWORK,
    REFUSED,
    SUBMIT,
    TO_THE_FORM,
    WORDS,
    Purpose,
    purpose_of,
    says,
)

TEXT_KINDS = frozenset({"text", "password", "search", "tel", "number", "textarea"})
"""Kinds of controls that are typed into."""

_NOTE = r"\s*(?:\([^()]*\)|\[[^\][]*\]|[-–,|:]?\s*-?[0-9]+\s*(?:%|dBm))"
NOTES = re.compile(f"(?:{_NOTE})*", re.IGNORECASE)
NOTES_AT_END = re.compile(f"(?:{_NOTE})+$", re.IGNORECASE)
"""What a list says beside a network's name: how strong it is, how it is secured."""
MAX_OPTION_LENGTH = 100
"""Characters of an option's text that are looked at; a network's name has at most 32."""
MAX_MESSAGE_LENGTH = 200
"""Characters of the device's own words that are passed on."""


MARKUP = frozenset("<>[]`*_|\\#~")
LINK = re.compile(r"\w+://|\bwww\.", re.IGNORECASE)


class Outcome(StrEnum):
    """How the page answered."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The outcome; of a refusal the device's own words, and what they are about."""

    outcome: Outcome
    message: str = ""
    about: Purpose | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WifiForm:
    """A form of a page, and what its controls are for, by their place in it."""

    form: Form
    purposes: Mapping[int, Purpose]

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks that the page offers to choose from."""
        names = (
            _network_of(option)
            for _, option in self._listed()
            if option.value and not says(option.text, OTHER_NETWORK)
        )
        return tuple(dict.fromkeys(filter(None, names)))

    def fill(self, credentials: Credentials) -> list[tuple[str, str]]:
        """Return what the form sends, in its order; the rest as the page has it.

        Raises NetworkNotListedError where the network can be neither chosen nor typed.
        """
        name = credentials.network_name
        chosen = {
            place: option.value
            for place, option in self._listed()
            if name in {option.value, option.text, _network_of(option)}
        }
        left_alone = {Purpose.NETWORK_NAME} if chosen else set()
        if not chosen:
            if not self._name_can_be_typed:
                raise NetworkNotListedError
            chosen = {
                place: option.value
                for place, option in self._listed()
                if says(option.text, OTHER_NETWORK)
            }
        clicked = self._button()
        entries: list[tuple[str, str]] = []
        for place, control in enumerate(self.form.controls):
            purpose = self.purposes.get(place)
            if place in chosen:
                entries.append((control.name, chosen[place]))
            elif control.kind in TEXT_KINDS and purpose and purpose not in left_alone:
                entries.append((control.name, getattr(credentials, purpose)))
            elif control.kind not in SUBMIT_BUTTONS or control is clicked:
                entries.extend(control.entries)
        return entries

    @property
    def _name_can_be_typed(self) -> bool:
        return any(
            purpose is Purpose.NETWORK_NAME
            and self.form.controls[place].kind in TEXT_KINDS
            for place, purpose in self.purposes.items()
        )

    def _listed(self) -> Iterator[tuple[int, Option]]:
        for place in self.purposes:
            for option in self.form.controls[place].options:
                yield place, option

    def _button(self) -> Control | None:
        buttons = [
            control for control in self.form.controls if control.kind in SUBMIT_BUTTONS
        ]
        named = (each for each in buttons if says(" ".join(each.hints), SUBMIT))
        return next(named, next(iter(buttons), None))


def find_wifi_form(page: Page) -> WifiForm | None:
    """Return the first form that takes a network's name and its password."""
    for form in page.forms:
        purposes = _purposes(form)
        if {Purpose.NETWORK_NAME, Purpose.PASSWORD} <= set(purposes.values()):
            return WifiForm(form=form, purposes=purposes)
    return None


def links_to_form(page: Page) -> tuple[str, ...]:
    """Return where the form may be, in the page's order."""
    links = (
        link.target
        for link in page.links
        if says(link.text, TO_THE_FORM) and not says(link.text, DOES_SOMETHING)
    )
    return tuple(dict.fromkeys(links))


def judge(before: Page, after: Page) -> Answer:
    """Tell from the page that came back what became of the form.

    Only what was not on the page before counts: that may have warned of errors.
    """
    news = [_without(before.texts, text) for text in after.texts]
    refusal = next((text for text in news if says(text, REFUSED)), "")
    acceptance = next((text for text in news if says(text, ACCEPTED)), "")
    if refusal and (not acceptance or find_wifi_form(after) is not None):
        return Answer(
            outcome=Outcome.REFUSED,
            message=_printable(refusal)[:MAX_MESSAGE_LENGTH],
            about=purpose_of(refusal),
        )
    if acceptance and not refusal:
        return Answer(outcome=Outcome.ACCEPTED)
    return Answer(outcome=Outcome.UNCLEAR)


def _without(known: tuple[str, ...], text: str) -> str:
    for each in known:
        text = text.removeprefix(each).lstrip()
    return text


def _purposes(form: Form) -> dict[int, Purpose]:
    purposes = {
        place: purpose
        for place, control in enumerate(form.controls)
        if (purpose := _purpose(control)) is not None
    }
    if Purpose.PASSWORD not in purposes.values():
        # In whatever language: the one field whose letters are not to be seen.
        hidden_letters = [
            place
            for place, control in enumerate(form.controls)
            if control.kind == "password" and control.name and control.sent
            if place not in purposes
        ]
        if len(hidden_letters) == 1:
            purposes[hidden_letters[0]] = Purpose.PASSWORD
    return purposes


def _purpose(control: Control) -> Purpose | None:
    if not control.name or not control.sent:
        return None
    if control.kind not in TEXT_KINDS and control.kind != "select":
        return None
    for hint in control.hints:
        if any(says(hint, words) for words in WORDS.values()):
            purpose = purpose_of(hint)
            is_right = control.kind != "select" or purpose is Purpose.NETWORK_NAME
            return purpose if is_right else None
    return None


def _network_of(option: Option) -> str:
    """Return the name of the network that an option stands for."""
    text = option.text[:MAX_OPTION_LENGTH]
    if option.value and text.startswith(option.value):
        if NOTES.fullmatch(text[len(option.value) :]):
            return option.value
    return NOTES_AT_END.sub("", text)


def _printable(text: str) -> str:
    """Return a text without what could be markup or a link where it is shown."""
    plain = LINK.sub(" ", text)
    return "".join(
        letter for letter in plain if letter.isprintable() and letter not in MARKUP
    )
