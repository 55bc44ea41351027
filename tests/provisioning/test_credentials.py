"""What cannot work is refused, and nothing else."""

from hypothesis import given, strategies as st
import pytest

from custom_components.amp_guard.provisioning.credentials import (
    Credentials,
    clean_serial_number,
    device_network,
    network_name_error,
    password_error,
    pin_error,
    serial_number_error,
)

PRINTABLE = st.characters(min_codepoint=32, max_codepoint=126)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("2210012345G", None),
        (" 2210 012345g ", None),
        ("2210012345", "invalid_serial_number"),
        ("G", "invalid_serial_number"),
        ("22100-12345G", "invalid_serial_number"),
        ("", "invalid_serial_number"),
    ],
)
def test_serial_number(typed: str, error: str | None) -> None:
    assert serial_number_error(clean_serial_number(typed)) == error


@pytest.mark.parametrize(
    ("pin", "error"),
    [
        ("12345678", None),
        ("1234567", "invalid_pin"),
        ("123456789", "invalid_pin"),
        ("1234567a", "invalid_pin"),
        ("١٢٣٤٥٦٧٨", "invalid_pin"),
    ],
)
def test_pin(pin: str, error: str | None) -> None:
    assert pin_error(pin) == error


@given(st.text(PRINTABLE, min_size=8, max_size=30))
def test_a_password_that_works(password: str) -> None:
    assert password_error(password) is None


@given(st.text(PRINTABLE, min_size=31))
def test_31_characters_are_too_many(text: str) -> None:
    assert password_error(text) == "wifi_password_too_long"
    if text.strip():
        assert network_name_error(text) == "network_name_too_long"


@pytest.mark.parametrize(
    "text", ["smörgåsar", "rosé å la", "tab\there", "emoji \U0001f600"]
)
def test_only_printable_ascii(text: str) -> None:
    assert password_error(text) == "wifi_password_characters"
    assert network_name_error(text) == "network_name_characters"


def test_lengths() -> None:
    assert password_error("1234567") == "wifi_password_too_short"
    assert network_name_error("x") is None
    assert network_name_error("  ") == "network_name_missing"


def test_secrets_are_in_no_traceback() -> None:
    credentials = Credentials(
        serial_number="1G", pin="12345678", network_name="Home", password="a secret"
    )
    assert repr(credentials) == "Credentials(serial_number='1G', network_name='Home')"


def test_the_devices_own_network() -> None:
    assert device_network("2210012345G") == "Amp Guard_2210012345G"
