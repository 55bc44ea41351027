"""The forms of an HTML page, as far as they matter to whoever fills them in by hand.

Any text is a page: what a browser would make the best of is made the best of here. What
it costs grows with the page's length and no faster; of what repeats, so much is kept as
a small device's page has.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import islice

MAX_CONTROLS = 100
"""Of a page that is read; one with more is cut short."""
MAX_OPTIONS = 500
MAX_LINKS = 200
MAX_LINES = 1000
MAX_TEXT_LENGTH = 500
"""Characters of each line, label, option and link that are looked at."""
MAX_LABELS_OF_CONTROL = 3

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
    """What a page holds: `texts` are its visible lines.

    `is_cut` says that it has more controls than are read.
    """

    texts: tuple[str, ...]
    forms: tuple[Form, ...]
    links: tuple[Link, ...] = ()
    base: str = ""
    is_cut: bool = False


def parse_page(html: str) -> Page:
    """Return what a page holds; never fails."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.page()


@dataclass(kw_only=True, slots=True)
class _Label:
    control_id: str | None
    text: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class _Link:
    target: str
    text: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class _Control:
    kind: str
    attributes: dict[str, str]
    form: int | None
    label: _Label | None
    line_before: str
    text: list[str] = field(default_factory=list)
    options: list[tuple[dict[str, str], list[str]]] = field(default_factory=list)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._texts: list[str] = []
        self._line: list[str] = []
        self._line_before = ""  # unless a control came after it
        self._forms: list[dict[str, str]] = []
        self._open_form: int | None = None
        self._controls: list[_Control] = []
        self._options = 0
        self._is_cut = False
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
                self._options += 1
                if self._options <= MAX_OPTIONS:
                    self._open_control.options.append((attributes, []))

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
                self._open_control.options[-1][1].append(data)
            else:
                self._open_control.text.append(data)
            return
        self._line.append(data)
        for around in (self._open_label, self._open_link):
            if around is not None:
                around.text.append(data)

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
        if len(self._controls) < MAX_CONTROLS:
            self._controls.append(control)
        else:
            self._is_cut = True
        return control

    def _end_line(self) -> None:
        if line := _text(self._line):
            if len(self._texts) < MAX_LINES:
                self._texts.append(line)
            self._line_before = line
        self._line = []

    # --- what was read --------------------------------------------------------------

    def page(self) -> Page:
        """Return what was read."""
        self._end_line()
        controls = self._controls_by_form()
        links = (link for link in self._links if link.target)
        return Page(
            texts=tuple(self._texts),
            forms=tuple(
                Form(
                    action=attributes.get("action", "").strip(),
                    method=_method(attributes.get("method", "")),
                    encoding_type=attributes.get("enctype", "").strip().lower(),
                    controls=tuple(controls.get(number, ())),
                )
                for number, attributes in enumerate(self._forms)
            ),
            links=tuple(
                Link(target=link.target, text=_text(link.text))
                for link in islice(links, MAX_LINKS)
            ),
            base=self._base,
            is_cut=self._is_cut,
        )

    def _controls_by_form(self) -> dict[int | None, list[Control]]:
        """Return the controls of each form, by its number."""
        numbers: dict[str | None, int] = {}
        for number, attributes in enumerate(self._forms):
            numbers.setdefault(attributes.get("id"), number)
        labels: dict[str | None, list[_Label]] = defaultdict(list)
        for label in self._labels:
            labels[label.control_id].append(label)
        controls: dict[int | None, list[Control]] = defaultdict(list)
        for control in self._controls:
            owner = control.attributes.get("form")
            form = control.form if owner is None else numbers.get(owner)
            given = labels[id_] if (id_ := control.attributes.get("id")) else []
            controls[form].append(self._finish(control, given))
        return controls

    def _finish(self, control: _Control, labels: list[_Label]) -> Control:
        attributes, kind = control.attributes, control.kind
        ticked = kind in {"checkbox", "radio"}
        value = attributes.get("value", "on" if ticked else "")
        return Control(
            kind=kind,
            name=attributes.get("name", ""),
            value="".join(control.text).removeprefix("\n")
            if kind == "textarea"
            else value,
            hints=tuple(filter(None, map(_plain, self._hints(control, labels)))),
            sent="disabled" not in attributes
            and kind not in NEVER_SUBMITTED
            and (not ticked or "checked" in attributes),
            options=tuple(
                Option(
                    value=option.get("value", _text(text)),
                    text=_text(text),
                    selected="selected" in option,
                )
                for option, text in control.options
                if "disabled" not in option
            ),
        )

    def _hints(self, control: _Control, labels: list[_Label]) -> Iterator[str]:
        attributes = control.attributes
        around = [] if control.label is None else [control.label]
        given = (label for label in labels if label is not control.label)
        for label in islice((*around, *given), MAX_LABELS_OF_CONTROL):
            yield _text(label.text)
        for name in ("aria-label", "title", "placeholder", "alt", "name", "id"):
            yield attributes.get(name, "")
        if control.kind in SUBMIT_BUTTONS:
            yield "".join(control.text) or attributes.get("value", "")
        else:
            yield control.line_before


def _text(pieces: list[str]) -> str:
    """Return a text that came in pieces; they are joined once, and few are kept."""
    if len(pieces) > 1:
        pieces[:] = [_plain("".join(pieces))]
    return _plain(pieces[0]) if pieces else ""


def _plain(text: str) -> str:
    return " ".join(text.split())[:MAX_TEXT_LENGTH]


def _method(method: str) -> str:
    return "post" if method.strip().lower() == "post" else "get"
