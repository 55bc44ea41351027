"""Each target takes any bytes, and fails where something else comes of them than it may.

`scripts/test` tries them by Hypothesis (`test_fuzz.py`). By hand, with coverage as guide
and for as long as one likes: `python -m tests.fuzz TARGET`, where `atheris` is installed.
"""

from collections.abc import Callable
from contextlib import suppress

import voluptuous as vol

from custom_components.amp_guard.chargers.learning import Learned
from custom_components.amp_guard.loop.energy_memory import STORED as ENERGY
from custom_components.amp_guard.loop.overrides import STORED as OVERRIDES
from custom_components.amp_guard.meters import MeterResponseError
from custom_components.amp_guard.meters.amp_guard_contract import (
    MAX_TEXT_LENGTH,
    parse_challenge,
    parse_identity,
    parse_sample,
)
from custom_components.amp_guard.meters.json_body import parse_json
from custom_components.amp_guard.meters.open_reporter_packet import parse_packet
from custom_components.amp_guard.meters.proof import CHALLENGE, is_proved, parted
from custom_components.amp_guard.model import Phase
from custom_components.amp_guard.provisioning.html_form import parse_page
from custom_components.amp_guard.provisioning.wifi_form import (
    find_wifi_form,
    judge,
    links_to_form,
)
from custom_components.amp_guard.provisioning.wifi_page import decode

MOST = 800.0
"""A. Twice what the larger variant measures."""


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def identity(data: bytes) -> None:
    """Somebody says that it is a meter: what is shown of it is short and plain."""
    with suppress(MeterResponseError):
        document = parse_json(_text(data))
        with suppress(MeterResponseError):
            assert CHALLENGE.fullmatch(parse_challenge(document))
        meter = parse_identity(document)
        for shown in (meter.model, meter.firmware, meter.serial_number):
            assert 0 < len(shown) <= MAX_TEXT_LENGTH
            assert shown.isprintable()
            assert not set(shown) & set("<>[]`*_@/\\&")


def sample(data: bytes) -> None:
    """A meter's message: not believed without its proof, and bounded with it."""
    with suppress(MeterResponseError):
        given, document = parted(_text(data))
        assert not is_proved(given, b"key", "sample", "0" * 32, 0, document)
    with suppress(MeterResponseError):
        taken = parse_sample(
            parse_json(_text(data)), time=0.0, variant="public", phases=()
        )
        assert all(abs(taken.current[phase]) <= MOST for phase in Phase)


def page(data: bytes) -> None:
    """Whatever answers at 192.168.251.1."""
    text, encoding = decode(data, "")
    assert text.encode(encoding, errors="replace") is not None
    read = parse_page(text)
    find_wifi_form(read)
    links_to_form(read)
    message = judge(parse_page("<h1>Amp Guard</h1>"), read).message
    assert len(message) <= 200
    assert not message or message.isprintable()


def packet(data: bytes) -> None:
    """What anybody posts to the Open Reporter's endpoint."""
    with suppress(MeterResponseError):
        parse_packet(parse_json(_text(data)))


def stored(data: bytes) -> None:
    """A file of Home Assistant's storage."""
    with suppress(MeterResponseError):
        document = parse_json(_text(data))
        for read in (OVERRIDES, ENERGY, Learned.restored):
            # What `Storage.load` takes for a file that cannot be read.
            with suppress(vol.Invalid, ValueError, TypeError):
                read(document)


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (identity, sample, page, packet, stored)
}
