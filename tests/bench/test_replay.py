"""What diagnostics recorded is decided again to the same bytes, and does no harm."""

from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
import json
import os
from pathlib import Path
import pickle
from random import Random
import zlib

from hypothesis import given, strategies as st
import pytest

from bench.replay import RecordingError, print_replay, read_recording, replay
from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.loop.recording import LENGTH, SPAN, Recording
from custom_components.amp_guard.model import (
    Decision,
    Phase,
    PhaseValues,
    Site,
    Snapshot,
)
from tests.control.plant import Moment, Plant
from tests.control.sites import charger, home
from tests.control.strategies import Event, examples, histories, live, sites


def record(site: Site, before: list[Moment], moments: list[Moment]) -> Recording:
    """Decide again on what was known; record it after what was before."""
    recording, balancer = Recording(), Balancer(site)
    for moment in before:
        balancer.decide(moment.snapshot, moment.told)
    go_on(recording, balancer, moments)
    return recording


def go_on(recording: Recording, balancer: Balancer, moments: list[Moment]) -> None:
    """Decide and record as the loop does."""
    for moment in moments:
        recording.prepare(balancer, moment.told)
        decision = None
        with suppress(LawError):
            decision = balancer.decide(moment.snapshot, moment.told)
        recording.note(moment.told, moment.snapshot, decision)


class LawError(Exception):
    """A fault of the law."""


def fail_from(monkeypatch: pytest.MonkeyPatch, begin: float, end: float) -> None:
    """Let the law fail for a while, when it has begun to remember a turn."""
    decide = Balancer.decide

    def fail(balancer: Balancer, snapshot: Snapshot, now: float) -> Decision:
        decision = decide(balancer, snapshot, now)
        if begin <= now < end:
            raise LawError("no such phase")
        return decision

    monkeypatch.setattr(Balancer, "decide", fail)


def write(path: Path, recording: object) -> Path:
    """Write a file as Home Assistant's diagnostics are downloaded."""
    path.write_text(json.dumps({"data": {"recording": recording}}, indent=2))
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where to write a recording."""
    return tmp_path_factory.mktemp("replay") / "diagnostics.json"


@examples(40)
@given(site=sites(), history=histories(driven=True), driven=st.booleans())
def test_every_decision_is_the_same_again(
    file: Path, site: Site, history: list[Event], driven: bool
) -> None:
    moments = list(live(Plant(site, phases=(3, 1, 2), driven=driven), history))
    half = len(moments) // 2
    recording = record(site, moments[:half], moments[half:])
    turns = list(replay(read_recording(write(file, recording.as_list()))))
    assert all(turn.same for turn in turns)
    assert [turn.now for turn in turns] == [moment.told for moment in moments[half:]]


def test_what_was_decided_otherwise_is_told(file: Path) -> None:
    moments = list(Plant(home()).run(30))
    recorded = record(home(), [], moments).as_list()
    turns = recorded[0]["turns"]
    turns[20] = turns[20].replace('"current":16.0', '"current":9.0')
    turns = list(replay(read_recording(write(file, recorded))))
    assert [number for number, turn in enumerate(turns) if not turn.same] == [20]


def test_a_changed_figure_begins_another_span_and_forgets_nothing(file: Path) -> None:
    moments = list(Plant(home()).run(90))
    recording, balancer = Recording(), Balancer(home())
    go_on(recording, balancer, moments[:30])
    balancer.change(home(charger("a", max_current=10.0)))
    recording.begin_anew()
    go_on(recording, balancer, moments[30:60])
    # As after a fault: with nothing remembered.
    recording.begin_anew()
    go_on(recording, Balancer(home(charger("a", max_current=8.0))), moments[60:])
    spans = recording.as_list()
    turns = list(replay(read_recording(write(file, spans))))
    assert [len(span["turns"]) for span in spans] == [30, 30, 30]
    assert all(turn.same for turn in turns)
    assert {turn.decision.allocations["a"].current for turn in turns[80:]} == {8.0}


def test_a_change_that_no_turn_follows_begins_nothing() -> None:
    recording = Recording()
    recording.begin_anew()
    recording.begin_anew()
    assert recording.as_list() == []


def test_a_turn_that_failed_is_kept_and_fails_again(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = list(Plant(home()).run(30))
    fail_from(monkeypatch, moments[10].told, moments[13].told)
    spans = read_recording(write(file, record(home(), [], moments).as_list()))
    turns = list(replay(spans))
    assert [number for number, turn in enumerate(turns) if turn.failed] == [10, 11, 12]
    assert [str(turn.error) for turn in turns[10:13]] == ["no such phase"] * 3
    assert all(turn.same for turn in turns)

    assert print_replay(read_recording(file))
    printed = capsys.readouterr().out
    assert printed.count("had failed, and fails again: LawError: no such phase") == 3


def test_what_fails_no_more_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = list(Plant(home()).run(30))
    with monkeypatch.context() as patched:
        fail_from(patched, moments[10].told, moments[11].told)
        recorded = record(home(), [], moments).as_list()
    assert not print_replay(read_recording(write(file, recorded)))
    printed = capsys.readouterr().out
    assert printed.count("had failed, and fails no more") == 1
    assert "30 turns, 29 of them the same" in printed


def test_what_only_fails_here_is_told(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = list(Plant(home()).run(30))
    recorded = record(home(), [], moments).as_list()
    fail_from(monkeypatch, moments[29].told, moments[29].told + 1)
    *others, last = replay(read_recording(write(file, recorded)))
    assert all(turn.same for turn in others)
    assert (last.same, last.failed, last.decision) == (False, False, None)


def test_it_reaches_back_a_quarter_of_an_hour_and_not_for_ever(file: Path) -> None:
    moments = list(Plant(home()).run(5 * LENGTH))
    recording = record(home(), [], moments).as_list()
    times = [turn.now for turn in replay(read_recording(write(file, recording)))]
    assert LENGTH <= times[-1] - times[0] <= LENGTH + SPAN


def test_it_holds_no_more_bytes_than_it_may(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.amp_guard.loop.recording.LARGEST", 32_000)
    moments = list(Plant(home()).run(700))
    recording = record(home(), [], moments)
    assert 10_000 <= recording.size <= 32_000
    turns = list(replay(read_recording(write(file, recording.as_list()))))
    assert turns[-1].now == moments[-1].told
    assert turns[0].now > moments[0].told
    assert all(turn.same for turn in turns)


def test_many_changes_hold_no_more_bytes_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.amp_guard.loop.recording.LARGEST", 20_000)
    recording, balancer = Recording(), Balancer(home())
    for moment in Plant(home()).run(60):
        recording.begin_anew()
        go_on(recording, balancer, [moment])
    assert recording.size <= 20_000
    assert 1 < len(recording.as_list()) < 60


def test_a_quarter_of_an_hour_of_thirty_chargers_is_kept() -> None:
    site = home(*(charger(f"charger-{n}") for n in range(30)), fuse=200.0)
    recording, balancer = Recording(), Balancer(site)
    plant, random = Plant(site), Random(1)
    for moment in plant.run(LENGTH + SPAN):
        # Each reports another current each time, as real ones do.
        readings = {
            id_: replace(
                reading,
                current=PhaseValues(*(random.uniform(5.0, 16.0) for _ in Phase)),
                current_time=moment.told + random.random(),
            )
            for id_, reading in moment.snapshot.chargers.items()
        }
        snapshot = replace(moment.snapshot, chargers=readings)
        go_on(recording, balancer, [replace(moment, snapshot=snapshot)])
    spans = recording.as_list()
    first, last = (json.loads(spans[end]["turns"][end])[0] for end in (0, -1))
    assert last - first >= LENGTH


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
        ({"turns": []}, "no diagnostics of Amp Guard"),
        (Recording().as_list(), "nothing was recorded yet"),
        ([{"memory": "AAAA", "turns": ["[]"]}], "cannot be read"),
        ([{"memory": 5, "turns": ["[]"]}], "no diagnostics of Amp Guard"),
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
        read_recording(write(file, [{"memory": memory, "turns": ["[]"]}]))
    assert not left_behind.exists()
