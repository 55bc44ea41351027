"""Networks of a test's own: what is in one of them reaches nothing outside of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
import os
import socket
import subprocess

import pytest

THIS_THREAD = "/proc/thread-self/ns/net"


class Namespace:
    """A network namespace of Linux, gone when it is closed and nobody is in it."""

    def __init__(self) -> None:
        with ThreadPoolExecutor(1) as thread:
            self._fd = thread.submit(_make).result()
        self.ip("link set lo up")

    def close(self) -> None:
        os.close(self._fd)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Have this thread, and what it starts, be in this network."""
        before = os.open(THIS_THREAD, os.O_RDONLY)
        os.setns(self._fd, os.CLONE_NEWNET)
        try:
            yield
        finally:
            os.setns(before, os.CLONE_NEWNET)
            os.close(before)

    def ip(self, command: str) -> None:
        """Run the command `ip` of iproute2 in it."""
        with self.entered():
            subprocess.run(["ip", *command.split()], check=True)

    def connect(self, link: str, other: Namespace, other_link: str) -> None:
        """Lay a cable from here to another network."""
        there = f"/proc/{os.getpid()}/fd/{other._fd}"
        self.ip(f"link add {link} type veth peer name {other_link} netns {there}")

    def listen(self, host: str, port: int = 80) -> socket.socket:
        """Return a socket that listens in it."""
        with self.entered():
            return socket.create_server((host, port))


def _make() -> int:
    try:
        os.unshare(os.CLONE_NEWNET)
    except PermissionError:
        pytest.fail(
            "A network namespace can be made by an administrator only: run this as "
            "root, or as root of a user namespace "
            "(unshare --user --map-root-user --net scripts/test ...)."
        )
    return os.open(THIS_THREAD, os.O_RDONLY)


class Neighbourhood:
    """A home and a new Amp Guard in it, each a network of its own with two links.

    `wifi` is the device's own Wi-Fi, which the home's Home Assistant has joined; `lan`
    is the property's network, on which the device has no address yet.
    """

    HOME_HOST = "192.168.77.10"
    METER_HOST = "192.168.77.20"

    def __init__(self) -> None:
        self.home, self.device = Namespace(), Namespace()
        for link in ("wifi", "lan"):
            self.home.connect(link, self.device, link)
            self.home.ip(f"link set {link} up")
            self.device.ip(f"link set {link} up")
        self.home.ip("address add 192.168.251.2/24 dev wifi")
        self.device.ip("address add 192.168.251.1/24 dev wifi")
        self.home.ip(f"address add {self.HOME_HOST}/27 dev lan")
        self.home.ip("route add default dev lan")

    def leave_wifi(self) -> None:
        """The device's own Wi-Fi is gone."""
        self.device.ip("link set wifi down")

    def join_lan(self, host: str, mac: str = "02:00:00:00:00:01") -> None:
        """The device has an address on the property's network."""
        self.device.ip(f"link set lan address {mac}")
        self.device.ip(f"address add {host}/27 dev lan")
        self.device.ip("route replace default dev lan")

    def leave_lan(self) -> None:
        """It has none."""
        self.device.ip("address flush dev lan")

    def close(self) -> None:
        self.home.close()
        self.device.close()
