"""The translations that are shipped are what their sources say, each text once."""

import json
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = Path("custom_components/amp_guard/translations")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources, what is shipped of them, and the script, to be changed at will."""
    for folder in ("translations", str(SHIPPED)):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "translations", tmp_path / "scripts")
    return tmp_path


def run(root: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, root / "scripts" / "translations", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_what_is_shipped_is_what_the_sources_say() -> None:
    assert run(ROOT, "--check") == (0, "")


def test_a_changed_source_is_written_out(copy: Path) -> None:
    source = copy / "translations" / "sv.json"
    title = json.loads(source.read_text())["config"]["step"]["supply"]["title"]
    change(source, f'"title": "{title}"', '"title": "Proppen"')
    code, said = run(copy, "--check")
    assert (code, "sv.json" in said) == (1, True)
    assert run(copy) == (0, "")
    shipped = json.loads((copy / SHIPPED / "sv.json").read_text())
    assert shipped["config"]["step"]["supply"]["title"] == "Proppen"
    assert run(copy, "--check") == (0, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[%key:", "[%key:nowhere::"),  # a reference to no text
        ('"config": {', '"config": {"more": "of it", '),  # a key that English has not
    ],
)
def test_a_source_that_cannot_be_written_out_is_named(
    copy: Path, old: str, new: str
) -> None:
    before = (copy / SHIPPED / "de.json").read_text()
    change(copy / "translations" / "de.json", old, new)
    code, said = run(copy)
    assert code == 1
    assert said.startswith("de.json: ")
    assert (copy / SHIPPED / "de.json").read_text() == before
