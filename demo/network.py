"""Networks of one's own: what is in one of them reaches nothing outside of it."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
import os
import socket
import subprocess

THIS_THREAD = "/proc/thread-self/ns/net"


class Namespace:
    """A network namespace of Linux, gone when it is closed and nobody is in it."""

    def __init__(self) -> None:
        with ThreadPoolExecutor(1) as thread:
            self._fd = thread.submit(_make).result()
        self.ip("link set lo up")

    def close(self) -> None:
        """Let go of it."""
        os.close(self._fd)

    @contextmanager
    def entered(self) -> Generator[None]:
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
        raise PermissionError(
            "A network namespace can be made by an administrator only: run this as "
            "root, or as root of a user namespace "
            "(unshare --user --map-root-user --net scripts/test ...)."
        ) from None
    return os.open(THIS_THREAD, os.O_RDONLY)
