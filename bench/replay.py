"""What diagnostics recorded, decided again: the same, or what differs.

The balancer's memory in a recording is a pickle. It is read with nothing allowed in it
but the words and the law themselves, so that a stranger's file can do no harm.
"""

from base64 import b64decode
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import io
import json
from math import inf, nan
from pathlib import Path
import pickle
from typing import Any
import zlib

import orjson

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import (
    Allocation,
    Ceiling,
    ChargerReading,
    ChargerStatus,
    Decision,
    Measurement,
    PhaseValues,
    Reason,
    Snapshot,
)
from custom_components.amp_guard.recording import encode

LARGEST_MEMORY = 50_000_000
"""Bytes. No site's memory is larger."""
_LAW = (
    "custom_components.amp_guard.balancer",
    "custom_components.amp_guard.control.",
    "custom_components.amp_guard.model",
)


class RecordingError(Exception):
    """The file cannot be replayed; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """The balancer as it was, and the turns that followed, a line of JSON each."""

    balancer: Balancer
    turns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """One turn: `same` says whether it was decided as it had been."""

    now: float
    decision: Decision
    same: bool


def read_recording(path: Path) -> Recording:
    """Read what a diagnostics file recorded."""
    try:
        document = json.loads(path.read_text())
        recording = document["data"]["recording"]
        turns = tuple(map(str, recording["turns"]))
        if not turns:
            raise RecordingError(f"{path}: nothing was recorded yet")
        return Recording(balancer=_read_memory(recording["memory"]), turns=turns)
    except RecordingError:
        raise
    except (OSError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise RecordingError(
            f"{path}: no diagnostics of Amp Guard ({error})"
        ) from error
    except (zlib.error, pickle.UnpicklingError, ImportError, EOFError) as error:
        raise RecordingError(f"{path}: its memory cannot be read ({error})") from error


def replay(recording: Recording) -> Iterator[Replayed]:
    """Decide every turn again."""
    for line in recording.turns:
        now, snapshot, _ = orjson.loads(line)
        known = _snapshot(snapshot)
        decision = recording.balancer.decide(known, now)
        same = encode(now, known, decision).decode() == line
        yield Replayed(now=now, decision=decision, same=same)


def print_replay(recording: Recording) -> bool:
    """Print each decision; return whether all of them were the same again."""
    differing = turns = 0
    for turn in replay(recording):
        turns += 1
        differing += not turn.same
        print(f"{turn.now:.2f}", *map(_describe, turn.decision.allocations.values()))
        if not turn.same:
            print("        decided otherwise than recorded")
    print(f"{turns} decisions, {turns - differing} of them the same byte for byte")
    return not differing


def _describe(allocation: Allocation) -> str:
    sent = " sent" if allocation.send else ""
    where = ""
    if allocation.node is not None and allocation.phase is not None:
        where = f" by {allocation.phase.name} of {allocation.node}"
    return (
        f"| {allocation.charger}: {allocation.current:g} A{sent},"
        f" {allocation.reason.value}{where}"
    )


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        # No dotted names, and no class that the law only imports: both lead elsewhere.
        if "." not in name and module.startswith((*_LAW, "collections")):
            found = super().find_class(module, name)
            if found is deque or (
                isinstance(found, type) and found.__module__.startswith(_LAW)
            ):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in it")


def _read_memory(text: str) -> Balancer:
    unpacker = zlib.decompressobj()
    memory = unpacker.decompress(b64decode(text), LARGEST_MEMORY)
    balancer = _Reader(io.BytesIO(memory)).load()
    if not isinstance(balancer, Balancer):
        raise pickle.UnpicklingError("it is no balancer's")
    return balancer


def _snapshot(data: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        measurements={
            node: Measurement(time=each["time"], current=_phases(each["current"]))
            for node, each in data["measurements"].items()
        },
        chargers={id_: _reading(each) for id_, each in data["chargers"].items()},
        ceilings=tuple(
            Ceiling(
                target=each["target"],
                current=each["current"],
                expires=_end(each["expires"]),
                reason=Reason(each["reason"]),
            )
            for each in data["ceilings"]
        ),
        boosts={id_: _end(expires) for id_, expires in data["boosts"].items()},
    )


def _reading(data: Mapping[str, Any]) -> ChargerReading:
    current = data["current"]
    return ChargerReading(
        **{
            **data,
            "status": ChargerStatus(data["status"]),
            "current": None if current is None else _phases(current),
        }
    )


def _phases(current: Sequence[float | None]) -> PhaseValues:
    """Return phase values; JSON has null for what was no number."""
    return PhaseValues(*(nan if value is None else value for value in current))


def _end(expires: float | None) -> float:
    """Return the end of something; JSON has null for one that never comes."""
    return inf if expires is None else expires
