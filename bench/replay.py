"""What diagnostics recorded, decided again: the same, or what differs.

The balancer's memory in a recording is a pickle. It is read with nothing allowed in it
but the words and the law themselves, so that a stranger's file can do no harm.
"""

from base64 import b64decode
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import io
import json
from math import inf, nan
from pathlib import Path
import pickle
from traceback import extract_tb
from typing import Any
import zlib

import orjson

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.loop.recording import encode
from custom_components.amp_guard.model import (
    Allocation,
    Ceiling,
    ChargerReading,
    ChargerStatus,
    Commanded,
    Decision,
    Measurement,
    PhaseValues,
    Reason,
    Snapshot,
)

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
class Span:
    """The balancer as it was, and the turns that followed, a line of JSON each."""

    balancer: Balancer
    turns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """One turn: `same` says whether it came out as it had.

    `failed` says whether deciding had failed; `decision` is what is decided now, None
    where deciding fails now, with `error`.
    """

    now: float
    decision: Decision | None
    error: Exception | None
    failed: bool
    same: bool


def read_recording(path: Path) -> tuple[Span, ...]:
    """Read what a diagnostics file recorded."""
    try:
        spans = json.loads(path.read_text())["data"]["recording"]
        if not spans:
            raise RecordingError(f"{path}: nothing was recorded yet")
        return tuple(
            Span(
                balancer=_read_memory(span["memory"]),
                turns=tuple(map(str, span["turns"])),
            )
            for span in spans
        )
    except RecordingError:
        raise
    except (OSError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise RecordingError(
            f"{path}: no diagnostics of Amp Guard ({error})"
        ) from error
    except (zlib.error, pickle.UnpicklingError, ImportError, EOFError) as error:
        raise RecordingError(f"{path}: its memory cannot be read ({error})") from error


def replay(spans: Iterable[Span]) -> Iterator[Replayed]:
    """Decide every turn again, each span from the memory that it began with."""
    for span in spans:
        for line in span.turns:
            yield _decide_again(span.balancer, line)


def _decide_again(balancer: Balancer, line: str) -> Replayed:
    now, snapshot, recorded = orjson.loads(line)
    known = _snapshot(snapshot)
    decision = error = None
    try:
        decision = balancer.decide(known, now)
    except Exception as fault:  # noqa: BLE001 - what is looked for
        error = fault
    return Replayed(
        now=now,
        decision=decision,
        error=error,
        failed=recorded is None,
        same=encode(now, known, decision).decode() == line,
    )


def print_replay(spans: Iterable[Span]) -> bool:
    """Print each turn; return whether all of them came out as they had."""
    differing = turns = 0
    for turn in replay(spans):
        turns += 1
        differing += not turn.same
        given = turn.decision.allocations.values() if turn.decision else ()
        print(f"{turn.now:.2f}", *map(_describe, given))
        if (outcome := _outcome(turn)) is not None:
            print(f"        {outcome}")
    print(f"{turns} turns, {turns - differing} of them the same byte for byte")
    return not differing


def _outcome(turn: Replayed) -> str | None:
    """Return what there is to say of a turn that failed, then or now, or differs."""
    if turn.error is not None:
        begin = "had failed, and fails again" if turn.failed else "fails, and had not"
        raised = extract_tb(turn.error.__traceback__)[-1]
        where = f"{Path(raised.filename).name}:{raised.lineno}"
        return f"{begin}: {type(turn.error).__name__}: {turn.error} ({where})"
    if turn.failed:
        return "had failed, and fails no more"
    return None if turn.same else "decided otherwise than recorded"


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
        commands={id_: Commanded(**each) for id_, each in data["commands"].items()},
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
