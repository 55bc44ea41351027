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
NOT_RENDERED = frozenset({"script", "style", "template", "noscript"})
INPUT_TYPES = frozenset(
    {"button", "checkbox", "color", "date", "datetime-local", "email", "file", "hidden"}
    | {"image", "month", "number", "password", "radio", "range", "reset", "search"}
    | {"submit", "tel", "text", "time", "url", "week"}
)
"""Types of an input; any other counts as text."""
SUBMIT_BUTTONS = frozenset({"submit", "image"})
"""Controls that submit; one of them is clicked, and only that one is sent."""
NEVER_SUBMITTED = frozenset({"button", "reset", "file"})


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
    line_before: str
    text: str = ""
    options: list[tuple[dict[str, str], str]] = field(default_factory=list)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._texts: list[str] = []
        self._line = ""
        self._line_before = ""  # unless a control came after it
        self._forms: list[dict[str, str]] = []
        self._open_form: int | None = None
        self._controls: list[_Control] = []
        self._labels: list[_Label] = []
        self._open_label: _Label | None = None
        self._links: list[_Link] = []
        self._open_link: _Link | None = None
        self._open_control: _Control | None = None  # a select, textarea or button
        self._not_rendered = 0  # elements that are open
        self._base = ""

    # --- reading --------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}
        if tag not in INLINE:
            self._end_line()
        match tag:
            case _ if tag in NOT_RENDERED:
                self._not_rendered += 1
            case "base":
                self._base = self._base or attributes.get("href", "")
            case "form" if self._open_form is None:  # a form in a form is none
                self._open_form = len(self._forms)
                self._forms.append(attributes)
            case "a":
                self._open_link = _Link(target=attributes.get("href", "").strip())
                self._links.append(self._open_link)
            case "label":
                self._open_label = _Label(control_id=attributes.get("for"))
                self._labels.append(self._open_label)
            case "input":
                kind = attributes.get("type", "").strip().lower()
                self._add_control(kind if kind in INPUT_TYPES else "text", attributes)
            case "button":
                kind = attributes.get("type", "submit").strip().lower()
                self._open_control = self._add_control(
                    kind if kind in NEVER_SUBMITTED else "submit", attributes
                )
            case "select" | "textarea":
                self._open_control = self._add_control(tag, attributes)
            case "option" if self._open_control is not None:
                self._open_control.options.append((attributes, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A browser takes <select/> for <select>, and has no end for <input>.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self._end_line()
        match tag:
            case _ if tag in NOT_RENDERED:
                self._not_rendered = max(0, self._not_rendered - 1)
            case "form":
                self._open_form = self._open_control = None
            case "a":
                self._open_link = None
            case "label":
                self._open_label = None
            case "select" | "textarea" | "button":
                self._open_control = None

    def handle_data(self, data: str) -> None:
        if self._not_rendered:
            return
        if self._open_control is not None:
            if self._open_control.options:
                attributes, text = self._open_control.options[-1]
                self._open_control.options[-1] = attributes, text + data
            else:
                self._open_control.text += data
            return
        self._line += data
        for around in (self._open_label, self._open_link):
            if around is not None:
                around.text += data

    def _add_control(self, kind: str, attributes: dict[str, str]) -> _Control:
        control = _Control(
            kind=kind,
            attributes=attributes,
            form=self._open_form,
            label=self._open_label,
            line_before=self._line_before,
        )
        if kind != "hidden":
            self._line_before = ""
        self._controls.append(control)
        return control

    def _end_line(self) -> None:
        if line := _collapse_whitespace(self._line):
            self._texts.append(line)
            self._line_before = line
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
                Link(target=link.target, text=_collapse_whitespace(link.text))
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
            hints=tuple(filter(None, map(_collapse_whitespace, self._hints(control)))),
            sent="disabled" not in attributes
            and kind not in NEVER_SUBMITTED
            and (not ticked or "checked" in attributes),
            options=tuple(
                Option(
                    value=option.get("value", _collapse_whitespace(text)),
                    text=_collapse_whitespace(text),
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
        if control.kind in SUBMIT_BUTTONS:
            yield control.text or attributes.get("value", "")
        else:
            yield control.line_before


def _collapse_whitespace(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _method(method: str) -> str:
    return "post" if method.strip().lower() == "post" else "get"
