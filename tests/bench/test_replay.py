"""What diagnostics recorded is decided again to the same bytes, and does no harm."""

from base64 import b64encode
import json
import os
from pathlib import Path
import pickle
import zlib

from hypothesis import given
import pytest

from bench.replay import RecordingError, read_recording, replay
from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import Site
from custom_components.amp_guard.recording import LENGTH, SPAN, Recording
from tests.control.plant import Moment, Plant
from tests.control.sites import home
from tests.control.strategies import Event, examples, histories, live, sites


def record(site: Site, before: list[Moment], moments: list[Moment]) -> Recording:
    """Decide again on what was known; record it after what was before."""
    recording, balancer = Recording(), Balancer(site)
    for moment in before:
        balancer.decide(moment.snapshot, moment.told)
    for moment in moments:
        recording.prepare(balancer, moment.told)
        decision = balancer.decide(moment.snapshot, moment.told)
        recording.note(moment.told, moment.snapshot, decision)
    return recording


def write(path: Path, recording: object) -> Path:
    """Write a file as Home Assistant's diagnostics are downloaded."""
    path.write_text(json.dumps({"data": {"recording": recording}}, indent=2))
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where to write a recording."""
    return tmp_path_factory.mktemp("replay") / "diagnostics.json"


@examples(40)
@given(site=sites(), history=histories())
def test_every_decision_is_the_same_again(
    file: Path, site: Site, history: list[Event]
) -> None:
    moments = list(live(Plant(site, phases=(3, 1, 2)), history))
    half = len(moments) // 2
    recording = record(site, moments[:half], moments[half:])
    turns = list(replay(read_recording(write(file, recording.as_dict()))))
    assert all(turn.same for turn in turns)
    assert [turn.now for turn in turns] == [moment.told for moment in moments[half:]]


def test_what_was_decided_otherwise_is_told(file: Path) -> None:
    moments = list(Plant(home()).run(30))
    recorded = record(home(), [], moments).as_dict()
    recorded["turns"][20] = recorded["turns"][20].replace(
        '"current":16.0', '"current":9.0'
    )
    turns = list(replay(read_recording(write(file, recorded))))
    assert [number for number, turn in enumerate(turns) if not turn.same] == [20]


def test_it_reaches_back_a_quarter_of_an_hour_and_not_for_ever(file: Path) -> None:
    moments = list(Plant(home()).run(5 * LENGTH))
    recording = record(home(), [], moments).as_dict()
    times = [turn.now for turn in replay(read_recording(write(file, recording)))]
    assert LENGTH <= times[-1] - times[0] <= LENGTH + SPAN


def test_it_holds_no_more_bytes_than_it_may(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.amp_guard.recording.LARGEST", 100_000)
    moments = list(Plant(home()).run(600))
    recording = record(home(), [], moments).as_dict()
    assert 50_000 <= sum(map(len, recording["turns"])) <= 100_000
    assert all(turn.same for turn in replay(read_recording(write(file, recording))))


class Harm:
    """Runs a program when it is unpickled."""

    def __init__(self, path: Path) -> None:
        """Take what the program leaves behind."""
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize(
    ("recording", "message"),
    [
        ({}, "no diagnostics of Amp Guard"),
        (Recording().as_dict(), "nothing was recorded yet"),
        ({"memory": "AAAA", "turns": ["[]"]}, "cannot be read"),
        ({"memory": 5, "turns": ["[]"]}, "no diagnostics of Amp Guard"),
    ],
)
def test_what_is_no_recording_is_refused(
    file: Path, recording: object, message: str
) -> None:
    with pytest.raises(RecordingError, match=message):
        read_recording(write(file, recording))


def test_a_file_that_would_do_harm_is_refused(file: Path, tmp_path: Path) -> None:
    left_behind = tmp_path / "harm"
    memory = b64encode(zlib.compress(pickle.dumps(Harm(left_behind)))).decode()
    with pytest.raises(RecordingError, match="has no place in it"):
        read_recording(write(file, {"memory": memory, "turns": ["[]"]}))
    assert not left_behind.exists()
