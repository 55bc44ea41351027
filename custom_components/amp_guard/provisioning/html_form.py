"""The forms of an HTML page, as far as they matter to whoever fills them in by hand.

Any text is a page: what a browser would make the best of is made the best of here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
import re

INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "kbd", "label"}
    | {"mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "wbr"}
)
"""Elements that do not end a line of text."""
UNSEEN = frozenset({"script", "style", "template", "noscript"})
KINDS = frozenset(
    {"button", "checkbox", "color", "date", "datetime-local", "email", "file", "hidden"}
    | {"image", "month", "number", "password", "radio", "range", "reset", "search"}
    | {"submit", "tel", "text", "time", "url", "week"}
)
"""Types of an input; any other counts as text."""
BUTTONS = frozenset({"submit", "image"})
"""Controls that submit; one of them is clicked, and only that one is sent."""
NEVER_SENT = frozenset({"button", "reset", "file"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    text: str
    selected: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """A field or a button.

    `kind` is the type of an input or a button, or "select" or "textarea". `hints` tell
    what it is for, the surest first: its label, its other descriptions, its name, and
    the text before it. `sent` is false where the page would leave it out as it stands.
    """

    kind: str
    name: str
    value: str
    hints: tuple[str, ...]
    sent: bool = True
    options: tuple[Option, ...] = ()

    @property
    def entries(self) -> Iterator[tuple[str, str]]:
        """What it sends if nobody touches it."""
        if not self.sent or not self.name:
            return
        if self.kind != "select":
            yield self.name, self.value
            return
        chosen = [option for option in self.options if option.selected]
        for option in chosen or self.options[:1]:
            yield self.name, option.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A form: where it goes, how ("get" or "post"), and with what, in its order."""

    action: str
    method: str
    encoding_type: str
    controls: tuple[Control, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link: where it leads, and its text."""

    target: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What a page holds: `texts` are its visible lines."""

    texts: tuple[str, ...]
    forms: tuple[Form, ...]
    links: tuple[Link, ...] = ()
    base: str = ""


def parse_page(html: str) -> Page:
    """Return what a page holds; never fails."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.page()


@dataclass(kw_only=True, slots=True)
class _Label:
    control_id: str | None
    text: str = ""


@dataclass(kw_only=True, slots=True)
class _Link:
    target: str
    text: str = ""


@dataclass(kw_only=True, slots=True)
class _Control:
    kind: str
    attributes: dict[str, str]
    form: int | None
    label: _Label | None
    before: str
    text: str = ""
    options: list[tuple[dict[str, str], str]] = field(default_factory=list)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._texts: list[str] = []
        self._line = ""
        self._before = ""  # the last line, unless a control came after it
        self._forms: list[dict[str, str]] = []
        self._form: int | None = None  # the one that is open
        self._controls: list[_Control] = []
        self._labels: list[_Label] = []
        self._label: _Label | None = None
        self._links: list[_Link] = []
        self._link: _Link | None = None
        self._inside: _Control | None = None  # a select, textarea or button
        self._unseen = 0
        self._base = ""

    # --- reading --------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}
        if tag not in INLINE:
            self._end_line()
        match tag:
            case _ if tag in UNSEEN:
                self._unseen += 1
            case "base":
                self._base = self._base or attributes.get("href", "")
            case "form" if self._form is None:  # a form in a form is none
                self._form = len(self._forms)
                self._forms.append(attributes)
            case "a":
                self._link = _Link(target=attributes.get("href", "").strip())
                self._links.append(self._link)
            case "label":
                self._label = _Label(control_id=attributes.get("for"))
                self._labels.append(self._label)
            case "input":
                kind = attributes.get("type", "").strip().lower()
                self._add_control(kind if kind in KINDS else "text", attributes)
            case "button":
                kind = attributes.get("type", "submit").strip().lower()
                self._inside = self._add_control(
                    kind if kind in NEVER_SENT else "submit", attributes
                )
            case "select" | "textarea":
                self._inside = self._add_control(tag, attributes)
            case "option" if self._inside is not None:
                self._inside.options.append((attributes, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A browser takes <select/> for <select>, and has no end for <input>.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self._end_line()
        match tag:
            case _ if tag in UNSEEN:
                self._unseen = max(0, self._unseen - 1)
            case "form":
                self._form = self._inside = None
            case "a":
                self._link = None
            case "label":
                self._label = None
            case "select" | "textarea" | "button":
                self._inside = None

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._inside is not None:
            if self._inside.options:
                attributes, text = self._inside.options[-1]
                self._inside.options[-1] = attributes, text + data
            else:
                self._inside.text += data
            return
        self._line += data
        for around in (self._label, self._link):
            if around is not None:
                around.text += data

    def _add_control(self, kind: str, attributes: dict[str, str]) -> _Control:
        control = _Control(
            kind=kind,
            attributes=attributes,
            form=self._form,
            label=self._label,
            before=self._before,
        )
        if kind != "hidden":
            self._before = ""
        self._controls.append(control)
        return control

    def _end_line(self) -> None:
        if line := _tidy(self._line):
            self._texts.append(line)
            self._before = line
        self._line = ""

    # --- what was read --------------------------------------------------------------

    def page(self) -> Page:
        """Return what was read."""
        self._end_line()
        return Page(
            texts=tuple(self._texts),
            forms=tuple(
                Form(
                    action=attributes.get("action", "").strip(),
                    method=_method(attributes.get("method", "")),
                    encoding_type=attributes.get("enctype", "").strip().lower(),
                    controls=tuple(self._controls_of(number, attributes.get("id"))),
                )
                for number, attributes in enumerate(self._forms)
            ),
            links=tuple(
                Link(target=link.target, text=_tidy(link.text))
                for link in self._links
                if link.target
            ),
            base=self._base,
        )

    def _controls_of(self, form: int, form_id: str | None) -> Iterator[Control]:
        for control in self._controls:
            owner = control.attributes.get("form")
            if control.form == form if owner is None else owner == form_id:
                yield self._finish(control)

    def _finish(self, control: _Control) -> Control:
        attributes, kind = control.attributes, control.kind
        ticked = kind in {"checkbox", "radio"}
        value = attributes.get("value", "on" if ticked else "")
        return Control(
            kind=kind,
            name=attributes.get("name", ""),
            value=control.text.removeprefix("\n") if kind == "textarea" else value,
            hints=tuple(filter(None, map(_tidy, self._hints(control)))),
            sent="disabled" not in attributes
            and kind not in NEVER_SENT
            and (not ticked or "checked" in attributes),
            options=tuple(
                Option(
                    value=option.get("value", _tidy(text)),
                    text=_tidy(text),
                    selected="selected" in option,
                )
                for option, text in control.options
                if "disabled" not in option
            ),
        )

    def _hints(self, control: _Control) -> Iterator[str]:
        attributes = control.attributes
        control_id = attributes.get("id")
        for label in self._labels:
            if label is control.label or (
                control_id and label.control_id == control_id
            ):
                yield label.text
        for name in ("aria-label", "title", "placeholder", "alt", "name", "id"):
            yield attributes.get(name, "")
        if control.kind in BUTTONS:
            yield control.text or attributes.get("value", "")
        else:
            yield control.before


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _method(method: str) -> str:
    return "post" if method.strip().lower() == "post" else "get"
