"""The open contract: the schema, the page, the simulated meter and the client agree."""

from copy import deepcopy
from datetime import UTC, datetime
import json
from pathlib import Path
import re
import subprocess

from hypothesis import given, strategies as st
import jsonschema
import pytest

from custom_components.amp_guard.meters import MeterResponseError, MeterSample
from custom_components.amp_guard.meters.amp_guard_contract import (
    parse_identity,
    parse_sample,
)
from custom_components.amp_guard.model import Phase, PhaseValues
from simulator.devices.amp_guard import AmpGuard

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SCHEMA = json.loads((DOCS / "lan-interface.schema.json").read_text())
EXAMPLES = [
    json.loads(text)
    for text in re.findall(
        r"```json\n(.*?)```", (DOCS / "lan-interface.md").read_text(), re.DOTALL
    )
]


def validator(kind: str) -> jsonschema.Draft202012Validator:
    schema = SCHEMA | {"$ref": f"#/$defs/{kind}"}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def parse(document: object) -> MeterSample:
    return parse_sample(document, time=0.0, variant="public", phases=())


def is_taken(document: object) -> bool:
    try:
        parse(document)
    except MeterResponseError:
        return False
    return True


def test_the_pages_examples_keep_the_contract() -> None:
    identity, measurement = EXAMPLES
    validator("identity").validate(identity)
    validator("measurement").validate(measurement)
    assert parse_identity(identity).serial_number == identity["serial_number"]
    sample = parse(measurement)
    assert sample.current == (12.3, 4.5, 0.3)
    assert sample.energy_import == (1234.567, 987.654, 345.678)
    assert sample.stamp == datetime(2026, 11, 22, 17, tzinfo=UTC).timestamp()


def test_a_quantity_counts_only_if_all_connected_phases_tell_it() -> None:
    measurement = deepcopy(EXAMPLES[1])
    del measurement["phases"]["l3"]
    assert parse(measurement).power == (2830.2, 1034.1, 0.0)
    measurement["phases"]["l2"]["power"] = None
    validator("measurement").validate(measurement)
    assert parse(measurement).power is None
    assert parse(measurement).voltage == (230.1, 229.8, 0.0)


async def test_the_simulated_meter_keeps_the_contract() -> None:
    meter = AmpGuard()
    meter.observe(PhaseValues(12.3, -4.5, 0.0), 1.0)
    validator("measurement").validate(json.loads(meter._message()))


NUMBER = st.floats(-500, 500) | st.integers(-500, 500) | st.none() | st.text(max_size=3)
PHASE = st.dictionaries(
    st.sampled_from(["current", "voltage", "power", "energy_import", "else"]), NUMBER
)
PHASES = st.dictionaries(st.sampled_from(["l1", "l2", "l3"]), PHASE)
MEASUREMENT = st.fixed_dictionaries(
    {"phases": PHASES | st.none()},
    optional={"sequence": st.integers() | st.booleans() | st.none()},
)


@given(MEASUREMENT)
def test_the_client_takes_what_the_schema_allows(document: dict) -> None:
    assert is_taken(document) == validator("measurement").is_valid(document)


@pytest.mark.parametrize("voltage", [-1, 391, 10**400, float("nan"), "230"])
def test_what_counts_for_nothing_is_to_be_true_all_the_same(voltage: object) -> None:
    phases = {"l1": {"current": 1.0}, "l2": {"current": 1.0, "voltage": voltage}}
    document = {"sequence": 1, "phases": phases}
    assert not is_taken(document)
    phases["l2"]["voltage"] = 230
    assert is_taken(document)


@pytest.mark.parametrize("current", [-801.0, -800.0, 401.0, 800.0, 801.0])
def test_twice_the_range_is_the_most_that_is_taken(current: float) -> None:
    document = {"sequence": 1, "phases": {"l1": {"current": current}}}
    assert is_taken(document) == (abs(current) <= 800.0)
    assert is_taken(document) == validator("measurement").is_valid(document)


@pytest.mark.parametrize(
    "changes",
    [
        {"contract": 1},
        {"contract": 3},
        {"contract": True},
        {"contract": "2"},
        {"variant": "industrial"},
        {"variant": []},
        {"variant": {}},
        {"variant": None},
        {"serial_number": " "},
        {"firmware": None},
        {"model": 1},
    ],
)
def test_who_it_is_is_checked_alike(changes: dict) -> None:
    identity = EXAMPLES[0] | changes
    assert not validator("identity").is_valid(identity)
    with pytest.raises(MeterResponseError):
        parse_identity(identity)


def test_the_meter_to_build_is_one_that_esphome_takes(tmp_path: Path) -> None:
    esphome = ROOT / ".tools" / "esphome" / "bin" / "esphome"
    assert esphome.exists(), "ESPHome is missing: scripts/esphome installs it"
    example = DOCS / "examples" / "three-phase-meter.yaml"
    built = tmp_path / example.name
    built.write_text(example.read_text())
    (tmp_path / "secrets.yaml").write_text("wifi_ssid: Home\nwifi_password: rosebud1\n")
    done = subprocess.run(
        [esphome, "config", built], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for phase in Phase:
        for kind in ("Current", "Voltage", "Power"):
            assert f"name: {kind} {phase.name}" in done.stdout
