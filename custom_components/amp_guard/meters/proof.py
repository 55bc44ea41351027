"""The proof of the LAN contract: who has the PIN, which itself is never on the wire.

Both sides show that they have it by HMAC-SHA256 over what the other one has just asked
[docs/lan-interface.md].
"""

import hashlib
import hmac
import re
import secrets

from . import MeterResponseError

ROUNDS = 100_000
"""Of PBKDF2. 8 digits are soon guessed from what was proved by them; so each guess costs
as much as this."""
CHALLENGE = re.compile(r"[0-9a-f]{32,128}")
PROOF_LENGTH = 64
"""Characters: SHA-256 in hexadecimal digits."""


def new_challenge() -> str:
    """Return what nobody was asked before."""
    return secrets.token_hex(16)


def key_of(pin: str, serial_number: str) -> bytes:
    """Return the key of a meter; takes some hundredths of a second."""
    salt = f"amp-guard:{serial_number}"
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt.encode(), ROUNDS)


def proof(key: bytes, *said: object) -> str:
    """Return the proof of what is said, each part of it a line."""
    return hmac.new(key, "\n".join(map(str, said)).encode(), "sha256").hexdigest()


def session_key(key: bytes, asked: str, answered: str) -> bytes:
    """Return the key of what follows on two challenges, the client's and the meter's."""
    return bytes.fromhex(proof(key, "session", asked, answered))


def parted(message: str) -> tuple[str, str]:
    """Return a message's proof, its first line, and its document.

    Raises MeterResponseError where there is no such line.
    """
    given, end, document = message.partition("\n")
    if not end or len(given) != PROOF_LENGTH:
        raise MeterResponseError("no proof")
    return given, document


def is_proved(given: str, key: bytes, *said: object) -> bool:
    """Say whether what is said was said by one who has the key."""
    return hmac.compare_digest(given.encode(), proof(key, *said).encode())
