"""The recording: the last minutes of the loop, so that a stranger can replay them.

Spans, each with what the balancer remembered when it began, then each cycle's snapshot
and decision. `scripts/bench replay` decides all of it again.
"""

from base64 import b64encode
from collections import deque
from dataclasses import dataclass, field
import pickle
from typing import Any
import zlib

import orjson

from ..balancer import Balancer
from ..model import Decision, PhaseValues, Snapshot

LENGTH = 900.0
"""s that a recording reaches back at least (or to the start of the loop) ..."""
SPAN = 300.0
"""... in spans of so many s at most, each with the balancer's memory at its begin ..."""
LARGEST = 4_000_000
"""... unless it would hold more bytes than this, packed: then less."""
LEVEL = 1
"""zlib's quickest: one cycle is so like the next that more effort saves little."""


@dataclass(kw_only=True, slots=True)
class _Span:
    """`packed` are the cycles since `begin`, s; `memory` is what the balancer knew."""

    memory: bytes
    begin: float
    packed: bytearray = field(default_factory=bytearray)

    @property
    def size(self) -> int:
        return len(self.memory) + len(self.packed)


class Recording:
    """Records cycles; keeps the last ones, packed as they come."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._spans: deque[_Span] = deque()
        self._begins = True
        self._packer = zlib.compressobj(LEVEL)
        """Packs the last span's cycles."""

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return sum(span.size for span in self._spans)

    def begin_anew(self) -> None:
        """Begin a span with the next cycle: the balancer was changed between cycles."""
        self._begins = True

    def prepare(self, balancer: Balancer, now: float) -> None:
        """Note what `balancer` knows, where a span is to begin with its next cycle."""
        spans = self._spans
        last = spans[-1] if spans and not self._begins else None
        if last and now - last.begin < SPAN and last.size < LARGEST / 4:
            return
        begun = _Span(memory=zlib.compress(pickle.dumps(balancer)), begin=now)
        if spans:
            spans[-1].packed += self._packer.flush()
        self._packer = zlib.compressobj(LEVEL)
        self._begins = False
        spans.append(begun)
        while len(spans) > 1 and spans[1].begin <= now - LENGTH:
            spans.popleft()

    def note(self, now: float, snapshot: Snapshot, decision: Decision | None) -> None:
        """Add a cycle; None where deciding failed."""
        line = encode(now, snapshot, decision)
        self._spans[-1].packed += self._packer.compress(line + b"\n")
        while len(self._spans) > 1 and self.size > LARGEST:
            self._spans.popleft()

    def as_list(self) -> list[dict[str, Any]]:
        """Return the spans as diagnostics have them: each cycle a line of JSON."""
        return [
            {
                "memory": b64encode(span.memory).decode(),
                "turns": [line.decode() for line in self._unpack(span).splitlines()],
            }
            for span in self._spans
        ]

    def _unpack(self, span: _Span) -> bytes:
        packed = bytes(span.packed)
        if span is self._spans[-1]:
            packed += self._packer.copy().flush()
        return zlib.decompress(packed)


def encode(now: float, snapshot: Snapshot, decision: Decision | None) -> bytes:
    """Return a cycle as a line of JSON: when, what was known, what was decided."""
    return orjson.dumps([now, snapshot, decision], default=_plain)


def _plain(value: PhaseValues | frozenset[str]) -> list[float] | list[str]:
    """Return what JSON has for phase values (a list) and sets (a sorted one)."""
    return list(value) if isinstance(value, PhaseValues) else sorted(value)
