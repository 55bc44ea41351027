"""What is typed to put an Amp Guard on the Wi-Fi, and what of it cannot work.

Each rule returns the translation key of what is wrong, or None.
"""

from dataclasses import dataclass, field
import re

SERIAL_NUMBER_FORMAT = re.compile(r"[0-9A-Z]*[0-9][0-9A-Z]*G")
"""It ends with G [installation manual]."""
PIN_FORMAT = re.compile(r"[0-9]{8}")
"""8 digits, on the back [installation manual]."""
MAX_LENGTH = 30
"""Characters of a network's password [installation manual]; kept to for its name too,
for which no limit is published."""
MIN_PASSWORD_LENGTH = 8
"""Characters. No WPA passphrase is shorter [IEEE 802.11]."""
PRINTABLE_ASCII = re.compile(r"[ -~]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """What the device's page may ask for; the secrets are in no traceback."""

    serial_number: str
    pin: str = field(repr=False)
    network_name: str
    password: str = field(repr=False)


def clean_serial_number(typed: str) -> str:
    """Return a serial number as it stands on the device, however it was typed."""
    return "".join(typed.split()).upper()


def serial_number_error(serial_number: str) -> str | None:
    """Check a serial number that was cleaned."""
    return (
        None
        if SERIAL_NUMBER_FORMAT.fullmatch(serial_number)
        else "invalid_serial_number"
    )


def pin_error(pin: str) -> str | None:
    """Check a PIN."""
    return None if PIN_FORMAT.fullmatch(pin) else "invalid_pin"


def network_name_error(name: str) -> str | None:
    """Check the name (SSID) of the property's network."""
    if not name.strip():
        return "network_name_missing"
    if not PRINTABLE_ASCII.fullmatch(name):
        return "network_name_characters"
    return "network_name_too_long" if len(name) > MAX_LENGTH else None


def password_error(password: str) -> str | None:
    """Check the password of the property's network."""
    if not PRINTABLE_ASCII.fullmatch(password):
        return "wifi_password_characters"
    if len(password) > MAX_LENGTH:
        return "wifi_password_too_long"
    return "wifi_password_too_short" if len(password) < MIN_PASSWORD_LENGTH else None


def device_network(serial_number: str) -> str:
    """Return the name of the device's own Wi-Fi, whose password is the PIN."""
    return f"Amp Guard_{serial_number}"
