"""The script that lists what has moved in the integrations of chargers."""

from pathlib import Path
import shutil
import subprocess
import sys

import homeassistant

ROOT = Path(__file__).parents[2]
PEBLAR = Path(homeassistant.__file__).parent / "components" / "peblar"


def look(sources: Path) -> tuple[int, dict[str, str]]:
    """Return its exit code, and what it says of each profile."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "contracts", "--sources", sources],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    return done.returncode, {told.split()[0]: mark + told for mark, told in lines}


def test_what_is_installed_has_not_moved(tmp_path: Path) -> None:
    code, told = look(tmp_path)

    assert code == 0
    assert told["peblar"].startswith("✓")
    assert told["ocpp:"] == "?ocpp: its source is not here"


def test_a_key_that_is_called_otherwise_is_listed(tmp_path: Path) -> None:
    checkout = tmp_path / "newer" / "custom_components" / "peblar"
    shutil.copytree(PEBLAR, checkout)
    for file in (*checkout.rglob("*.py"), *checkout.rglob("*.json")):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("charge_current_limit", "limit_of_charging"))

    code, told = look(tmp_path)

    assert code == 1
    assert told["peblar"].startswith("✗")
    assert told["peblar"].endswith(": charge_current_limit")
