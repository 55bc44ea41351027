"""The package is what Home Assistant and HACS accept: what their checkers look at.

`hassfest` and the HACS action run where code hosting is reached (see .github/workflows);
these are their rules as far as they can be kept to without them.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import struct
import subprocess
from zipfile import ZipFile

import hass_frontend
from homeassistant.const import Platform, __version__ as home_assistant_version
from homeassistant.helpers import config_validation as cv, service
import pytest
import yaml

import custom_components.amp_guard as integration

ROOT = Path(__file__).parents[2]
FOLDER = Path(integration.__file__).parent
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())
TIERS = {
    "bronze": """action-setup appropriate-polling brands common-modules
        config-flow-test-coverage config-flow dependency-transparency docs-actions
        docs-conditions docs-high-level-description docs-installation-instructions
        docs-removal-instructions docs-triggers entity-event-setup entity-unique-id
        has-entity-name runtime-data test-before-configure test-before-setup
        unique-config-entry""",
    "silver": """action-exceptions config-entry-unloading docs-configuration-parameters
        docs-installation-parameters entity-unavailable integration-owner
        log-when-unavailable parallel-updates reauthentication-flow test-coverage""",
    "gold": """devices diagnostics discovery-update-info discovery docs-data-update
        docs-examples docs-known-limitations docs-supported-devices
        docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices
        entity-category entity-device-class entity-disabled-by-default
        entity-translations exception-translations icon-translations
        reconfiguration-flow repair-issues stale-devices""",
    "platinum": "async-dependency inject-websession strict-typing",
}
"""The 54 rules of the integration quality scale."""
TRANSLATIONS = sorted((FOLDER / "translations").glob("*.json"))
TRANSLATION_KEY = re.compile(r"(?!.+[_-]{2})(?![_-])[a-z0-9-_]+(?<![_-])")
"""Of hassfest: a slug, which may hold dashes within."""


def test_the_manifest_has_what_a_custom_integration_needs() -> None:
    assert MANIFEST.keys() >= {
        *("domain", "name", "codeowners", "config_flow", "documentation"),
        *("integration_type", "iot_class", "issue_tracker", "version"),
    }
    assert MANIFEST["domain"] == FOLDER.name
    assert MANIFEST["requirements"] == []
    assert MANIFEST["iot_class"] == "local_push"
    assert re.fullmatch(r"\d+\.\d+\.\d+", MANIFEST["version"])
    for address in ("documentation", "issue_tracker"):
        assert MANIFEST[address].startswith("https://")


def test_the_manifest_is_in_order() -> None:
    """As hassfest wants it: the domain, the name, then by the alphabet."""
    first, second, *others = MANIFEST
    assert (first, second) == ("domain", "name")
    assert others == sorted(others)


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_texts_are_as_home_assistant_takes_them(path: Path) -> None:
    """As hassfest wants it; a web address belongs into a placeholder."""
    texts = json.loads(path.read_text())
    for key in _keys(texts):
        assert TRANSLATION_KEY.fullmatch(key), key
    for text in _texts(texts):
        assert cv.string_with_no_html(text) == text.strip() == text
        assert "http://" not in text.replace("http://{", ""), text
        assert not re.search(r"'{\w+}'", text), f"in single quotes: {text}"
    assert texts["entity"].keys() <= set(Platform)
    for each in texts["exceptions"].values():
        assert list(each) == ["message"]
    for each in texts["issues"].values():  # told, or mended by a button
        assert list(each) in (["title", "description"], ["title", "fix_flow"])


def test_actions_are_as_home_assistant_takes_them() -> None:
    actions = yaml.safe_load((FOLDER / "services.yaml").read_text())
    service._SERVICES_SCHEMA(actions)
    for action in actions.values():
        for field in action.get("fields", {}).values():
            assert field.keys() <= {"required", "example", "selector"}
            assert "selector" in field


def test_every_icon_is_one_that_home_assistant_has() -> None:
    shipped = Path(hass_frontend.__file__).parent / "static" / "mdi" / "iconList.json"
    there = {f"mdi:{icon['name']}" for icon in json.loads(shipped.read_text())}
    icons = json.loads((FOLDER / "icons.json").read_text())
    assert set(_texts(icons)) <= there
    for platform in icons["entity"].values():
        for icon in platform.values():
            assert icon["default"] not in icon.get("state", {}).values()


@pytest.mark.parametrize(("name", "size"), [("icon.png", 256), ("icon@2x.png", 512)])
def test_brand_images_are_squares_of_the_right_size(name: str, size: int) -> None:
    image = (FOLDER / "brand" / name).read_bytes()
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", image[16:24]) == (size, size)


def test_hacs_installs_the_release_on_a_home_assistant_that_runs_it() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert hacs["name"] == MANIFEST["name"]
    assert hacs["zip_release"] is True
    assert hacs["filename"] == "amp_guard.zip"
    oldest = [int(part) for part in hacs["homeassistant"].split(".")]
    assert oldest <= [int(part) for part in home_assistant_version.split(".")[:3]]


def test_the_release_holds_what_runs_and_nothing_else(tmp_path: Path) -> None:
    archive = tmp_path / "amp_guard.zip"
    subprocess.run([ROOT / "scripts" / "release", archive], check=True)
    with ZipFile(archive) as release:
        names = set(release.namelist())
        assert json.loads(release.read("manifest.json")) == MANIFEST
    assert {name for name in names if "/" not in name} >= {
        *("__init__.py", "config_flow.py", "quality_scale.yaml", "icons.json"),
    }
    assert {Path(name).suffix for name in names} == {
        ".py",
        ".json",
        ".yaml",
        ".png",
        ".js",
    }
    packed = {path for path in FOLDER.rglob("*") if "__pycache__" not in path.parts}
    assert names == {str(f.relative_to(FOLDER)) for f in packed if f.is_file()}


def test_a_release_has_the_tag_of_its_version(tmp_path: Path) -> None:
    def release(tag: str) -> subprocess.CompletedProcess:
        command = [ROOT / "scripts" / "release", tmp_path / "amp_guard.zip"]
        return subprocess.run(
            [*command, "--tag", tag], capture_output=True, text=True, check=False
        )

    assert release(f"v{MANIFEST['version']}").returncode == 0
    refused = release("v999.0.0")
    assert refused.returncode == 1
    assert MANIFEST["version"] in refused.stderr


def test_every_rule_of_the_quality_scale_is_answered() -> None:
    rules = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text())["rules"]
    assert list(rules) == [rule for tier in TIERS.values() for rule in tier.split()]
    for rule, answer in rules.items():
        if answer != "done":
            assert answer["status"] in {"done", "exempt", "todo"}, rule
            assert answer["comment"].strip(), rule


def test_what_the_manifest_shows_is_answered_so() -> None:
    rules = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text())["rules"]
    assert bool(MANIFEST["codeowners"]) == (rules["integration-owner"] == "done")
    for rule in ("dependency-transparency", "async-dependency"):
        is_exempt = rules[rule] != "done" and rules[rule]["status"] == "exempt"
        assert is_exempt == (not MANIFEST["requirements"])


def _keys(tree: dict | str) -> Iterator[str]:
    for key, branch in tree.items() if isinstance(tree, dict) else ():
        yield key
        yield from _keys(branch)


def _texts(tree: dict | str) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    return [text for branch in tree.values() for text in _texts(branch)]
