"""What the docs quote is what the user sees, and what is asked for is explained."""

import json
from pathlib import Path
import re

import pytest

import custom_components.amp_guard as integration

ROOT = Path(__file__).parents[2]
TEXTS = json.loads(
    (Path(integration.__file__).parent / "translations" / "en.json").read_text()
)
TROUBLESHOOTING = (ROOT / "docs" / "troubleshooting.md").read_text()
SETUP = " ".join((ROOT / "docs" / "setup.md").read_text().split())
STEPS = TEXTS["config"]["step"]


def cells_that_begin_with(words: str) -> str:
    """Return the first cells of the tables' rows that begin so."""
    return "\n".join(re.findall(rf"^\| {words}[^|]*\|", TROUBLESHOOTING, re.MULTILINE))


def test_each_quoted_reason_is_one_that_a_charger_shows() -> None:
    quoted = re.findall(r"\*([^*]+)\*", cells_that_begin_with("Reason "))
    assert len(quoted) >= 8
    assert set(quoted) <= {*TEXTS["entity"]["sensor"]["reason"]["state"].values()}


def test_each_quoted_notice_is_one_that_there_is() -> None:
    tables = [part.split("\n\n")[0] for part in TROUBLESHOOTING.split("| Notice |")[1:]]
    quoted = re.findall(r"^\| \*([^*]+)\* \|", "\n".join(tables), re.MULTILINE)
    assert len(quoted) >= 13
    titles = {
        re.sub(r"\{\w+\}", "…", issue["title"]) for issue in TEXTS["issues"].values()
    }
    assert set(quoted) <= titles


def labels(step: str) -> dict[str, str]:
    """Return what the fields of a step are called, those of its sections too."""
    sections = STEPS[step].get("sections", {}).values()
    return STEPS[step].get("data", {}) | {
        key: label for section in sections for key, label in section["data"].items()
    }


@pytest.mark.parametrize(
    "step", ["sensor_entities", "sensor_check", "entities", "states"]
)
def test_each_field_is_explained(step: str) -> None:
    for label in labels(step).values():
        kind = re.sub(r" L[123]$", "", label)
        assert kind in SETUP, label
