"""Any text is a page; what a form holds is sent as a browser would send it."""

from collections.abc import Callable
from html import escape
import sys
from types import FrameType

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.provisioning.html_form import Control, parse_page
from custom_components.amp_guard.provisioning.wifi_form import (
    find_wifi_form,
    links_to_form,
)

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
"""Any printed text: line ends and other control characters are a page's own affair."""
TAGS = st.sampled_from(
    [
        "form",
        "input",
        "select",
        "option",
        "textarea",
        "label",
        "button",
        "table",
        "td",
        "p",
        "script",
        "a",
        "b",
        "base",
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        "type=hidden",
        "type=radio",
        "checked",
        "name=x",
        "value='y'",
        "for=a",
        "id=a",
        "action=/",
        "method=post",
        "disabled",
        "form=f",
        "selected",
        "href=",
    ]
)
ODD_HTML = st.lists(
    st.one_of(
        TEXT,
        st.builds("<{} {}>".format, TAGS, ATTRIBUTES),
        st.builds("<{} {}/>".format, TAGS, ATTRIBUTES),
        st.builds("</{}>".format, TAGS),
        st.sampled_from(["<", "</", "<!--", "-->", "<![CDATA[", "&amp", "&#x;", "\0"]),
    ),
    max_size=40,
).map("".join)


def entries(html: str, form: int = 0) -> list[tuple[str, str]]:
    return [
        entry
        for control in parse_page(html).forms[form].controls
        for entry in control.entries
    ]


def control(html: str) -> Control:
    (found,) = parse_page(f"<form>{html}</form>").forms[0].controls
    return found


@given(ODD_HTML)
def test_any_text_is_a_page(html: str) -> None:
    page = parse_page(html)
    assert all(text == text.strip() != "" for text in page.texts)
    for form in page.forms:
        assert form.method in {"get", "post"}
        for each in form.controls:
            assert all(each.hints)
            assert all(name for name, _ in each.entries)


@given(st.lists(st.tuples(TEXT.filter(bool), TEXT)))
def test_hidden_fields_are_kept_as_they_are(fields: list[tuple[str, str]]) -> None:
    html = "".join(
        f'<input type=hidden name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields
    )
    assert entries(f"<form>{html}</form>") == fields


@given(st.lists(TEXT, min_size=1), st.data())
def test_the_chosen_option_is_sent(values: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.none() | st.integers(0, len(values) - 1))
    options = "".join(
        f'<option value="{escape(value)}" {"selected" if number == chosen else ""}>x'
        for number, value in enumerate(values)
    )
    html = f"<form><select name=s>{options}</select></form>"
    assert entries(html) == [("s", values[chosen or 0])]


@pytest.mark.parametrize(
    ("html", "sent"),
    [
        ("<input name=a>", [("a", "")]),
        ("<input name=a value=b type=unheard-of>", [("a", "b")]),
        ("<input value=b>", []),
        ("<input name=a value=b disabled>", []),
        ("<input name=a type=checkbox>", []),
        ("<input name=a type=checkbox checked>", [("a", "on")]),
        ("<input name=a type=radio value=1><input name=a type=RADIO value=2 checked>",
         [("a", "2")]),
        ("<input name=a type=file><input name=b type=reset value=c>", []),
        ("<button type=button name=a value=b>c</button>", []),
        ("<button name=a value=b>c</button>", [("a", "b")]),
        ("<textarea name=a>\nb <i>c</i>\nd</textarea>", [("a", "b <i>c</i>\nd")]),
        ("<select name=a></select>", []),
        ("<select name=a><option>  b   c <option>d</select>", [("a", "b c")]),
        ("<select name=a><option disabled>b<option>c</select>", [("a", "c")]),
        ("<select name=a><option selected>b<option selected>c</select>",
         [("a", "b"), ("a", "c")]),
        ("<input name=a value=&aring;&quot;>", [("a", 'å"')]),
        ("<form><input name=a value=1></form>", [("a", "1")]),
        ("<option>stray</option><input name=a value=1>", [("a", "1")]),
        ("<script><input name=a></script>", []),
    ],
)  # fmt: skip
def test_what_is_sent(html: str, sent: list[tuple[str, str]]) -> None:
    assert entries(f"<form>{html}</form>") == sent


def test_a_control_belongs_to_the_form_that_it_names() -> None:
    html = """<form id=f><input name=a></form>
        <form id=g><input name=b><input name=c form=f></form>
        <input name=d form=g><input name=e>"""
    assert [name for name, _ in entries(html, 0)] == ["a", "c"]
    assert [name for name, _ in entries(html, 1)] == ["b", "d"]


@pytest.mark.parametrize(
    ("html", "hint"),
    [
        ("<label for=i>Your <b>key</b></label><p>x<input id=i name=a>", "Your key"),
        ("<label>Key <input name=a></label>", "Key"),
        ("<p>Enter it.<table><tr><td>Key</td><td><input name=a></table>", "Key"),
        ("Key: <input name=a>", "Key:"),
        ("<input name=a placeholder=Key>", "Key"),
        ("<input name=a aria-label=Key title=x>", "Key"),
        ("<input name=key>", "key"),
    ],
)
def test_what_a_control_is_for(html: str, hint: str) -> None:
    assert next(each for each in control(html).hints if each != "a") == hint


def test_a_text_belongs_to_the_control_after_it_alone() -> None:
    html = "<form>Name <input name=a><input type=hidden name=h> <input name=b></form>"
    name, _, unnamed = parse_page(html).forms[0].controls
    assert (name.hints, unnamed.hints) == (("a", "Name"), ("b",))


def test_buttons_say_what_they_do() -> None:
    html = "<form><button>Spara</button><input type=submit value=Submit></form>"
    hints = [each.hints for each in parse_page(html).forms[0].controls]
    assert hints == [("Spara",), ("Submit",)]


def test_where_and_how_a_form_goes() -> None:
    page = parse_page(
        "<base href=/x/><base href=/y/><form action=' a ' method=POST "
        "enctype=Multipart/Form-Data></form><form method=dialog></form>"
    )
    first, second = page.forms
    assert (first.action, first.method) == ("a", "post")
    assert first.encoding_type == "multipart/form-data"
    assert (second.action, second.method, second.encoding_type) == ("", "get", "")
    assert page.base == "/x/"


def test_the_lines_that_are_seen() -> None:
    page = parse_page(
        "<title>T</title><style>p {}</style><script>x</script></script>"
        "<p>One <b>line</b><br>two<select><option>no</select><p>  "
    )
    assert page.texts == ("T", "One line", "two")


def test_where_links_lead() -> None:
    page = parse_page(
        "<a href=' /a '>One <b>page</b></a><a name=x>no</a> x <a href=b>B"
    )
    assert [(link.target, link.text) for link in page.links] == [
        ("/a", "One page"),
        ("b", "B"),
    ]


def lines_run(work: Callable[[], object]) -> int:
    """Return how many lines of Python something takes: the same on each machine."""
    count = 0

    def note(_frame: FrameType, event: str, _arg: object) -> Callable:
        nonlocal count
        count += event == "line"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "<form>",
        "<label for=a>x<input id=a name=n>",
        "<form id=a><input name=n form=a>",
        "<select><option>x",
        "<label>pin<input name=ssid><input name=password>",
        "<a href=x>wifi",
        "<b>x</b>",
        "<p>error",
        "<!--",
        "<",
    ],
)
def test_what_a_page_costs_grows_with_its_length_alone(piece: str) -> None:
    """At 192.168.251.1 anything may answer."""

    def understand(length: int) -> None:
        page = parse_page("<form>" + piece * (length // len(piece)))
        find_wifi_form(page)
        links_to_form(page)

    short, long = (lines_run(lambda n=n: understand(n)) for n in (8_000, 32_000))
    assert long < 6 * short


def test_of_a_page_with_a_hundred_fields_and_more_the_first_are_read() -> None:
    (form,) = parse_page("<form>" + "<input name=n>" * 100).forms
    assert len(form.controls) == 100
    page = parse_page("<form>" + "<input name=n>" * 101)
    assert page.is_cut
    assert len(page.forms[0].controls) == 100
