"""Free places on the network of this machine."""

from contextlib import suppress
import socket

from simulator.devices import HTTP_PORT
from simulator.site import Addresses

LOOPBACK = "127.0.0.1"
HOME_ASSISTANT_PORT = 8123
SITE_PORT_BASE = 8400
SITE_PORTS = 4
"""The judge, the meter and two chargers, one after the other."""
PEBLAR_HOSTS = tuple(f"127.0.0.{number}" for number in range(80, 90))
"""Its client library knows port 80 only, so it needs an address of its own."""
TRIED = 50
"""How many ports further on is looked before giving up."""


class TakenError(Exception):
    """There is no room on the network; the message says where."""


def home_assistant_port(host: str, wanted: int | None) -> int:
    """Return the port that was wanted, else the first that is free."""
    if wanted is None:
        return _first_free(host, HOME_ASSISTANT_PORT, 1)
    if not _is_free(host, wanted):
        raise TakenError(f"Port {wanted} of {host} is taken: choose another --port.")
    return wanted


def site_addresses() -> Addresses:
    """Return where the site's devices find room, all on the loopback network."""
    peblar_hosts = [host for host in PEBLAR_HOSTS if _is_free(host, HTTP_PORT)]
    return Addresses(
        host=LOOPBACK,
        port_base=_first_free(LOOPBACK, SITE_PORT_BASE, SITE_PORTS),
        # Where none can be had, the site does without a Peblar, and says so.
        peblar_host=next(iter(peblar_hosts), PEBLAR_HOSTS[0]),
    )


def _first_free(host: str, first: int, count: int) -> int:
    """Return the first of `count` free ports in a row."""
    for port in range(first, first + TRIED):
        if all(_is_free(host, each) for each in range(port, port + count)):
            return port
    raise TakenError(f"No port of {host} from {first} on is free.")


def _is_free(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_server((host, port)):
        return True
    return False
