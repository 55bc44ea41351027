"""The recording: the last minutes of the loop, so that a stranger can replay them.

What the balancer remembered when the recording begins, then each turn's snapshot and
decision. `scripts/bench replay` decides all of it again.
"""

from base64 import b64encode
from collections import deque
from dataclasses import dataclass, field
import pickle
from typing import Any
import zlib

import orjson

from .balancer import Balancer
from .model import Decision, PhaseValues, Snapshot

LENGTH = 900.0
"""s that a recording reaches back at least (or to the start of the balancer) ..."""
SPAN = 300.0
"""... in spans of so many s, each with the balancer's memory at its beginning ..."""
LARGEST = 4_000_000
"""... unless it would hold more bytes than this: then less."""


@dataclass(kw_only=True, slots=True)
class _Span:
    """`turns` are those since `begin`, s; `memory` is what the balancer knew then."""

    memory: bytes
    begin: float
    size: int = 0
    turns: list[bytes] = field(default_factory=list)


class Recording:
    """Records turns; keeps the last ones."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._spans: deque[_Span] = deque()

    def begin_anew(self) -> None:
        """Drop what belongs to another site than the next turn."""
        self._spans.clear()

    def prepare(self, balancer: Balancer, now: float) -> None:
        """Note what `balancer` knows, where a span is to begin with its next turn."""
        spans = self._spans
        if spans and now - spans[-1].begin < SPAN and spans[-1].size < LARGEST / 4:
            return
        memory = zlib.compress(pickle.dumps(balancer))
        spans.append(_Span(memory=memory, begin=now))
        while len(spans) > 1 and spans[1].begin <= now - LENGTH:
            spans.popleft()

    def note(self, now: float, snapshot: Snapshot, decision: Decision) -> None:
        """Add a turn."""
        line = encode(now, snapshot, decision)
        span = self._spans[-1]
        span.turns.append(line)
        span.size += len(line)
        while len(self._spans) > 1 and sum(s.size for s in self._spans) > LARGEST:
            self._spans.popleft()

    def as_dict(self) -> dict[str, Any]:
        """Return it as diagnostics have it: each turn a line of JSON."""
        if not self._spans:
            return {"memory": None, "turns": []}
        return {
            "memory": b64encode(self._spans[0].memory).decode(),
            "turns": [line.decode() for span in self._spans for line in span.turns],
        }


def encode(now: float, snapshot: Snapshot, decision: Decision) -> bytes:
    """Return a turn as a line of JSON: when, what was known, what was decided."""
    return orjson.dumps([now, snapshot, decision], default=_plain)


def _plain(value: PhaseValues | frozenset[str]) -> list[float] | list[str]:
    """Return what JSON has for phase values (a list) and sets (a sorted one)."""
    return list(value) if isinstance(value, PhaseValues) else sorted(value)
