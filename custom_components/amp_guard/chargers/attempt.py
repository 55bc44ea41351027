"""An order to a charger, and an attempt to carry it out.

An *order* is what the charger is to have; an *attempt* is one time that it was sent.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

FORGOTTEN_AFTER = 3600.0
"""s for which an attempt that never ends is taken to be on its way."""


class Outcome(StrEnum):
    """How an attempt ended."""

    TAKEN = "taken"
    FAILED = "failed"
    """Refused, or an error on the way: it may hold all the same."""
    BUSY = "busy"
    """The integration, or its cloud, was asked too often."""
    UNREACHABLE = "unreachable"
    """The charger cannot be reached: no word of it has left."""
    LACKING = "lacking"
    """Something that it needs is not there yet: no word of it has left."""


NOT_SENT = (Outcome.UNREACHABLE, Outcome.LACKING)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What a charger is to have.

    `current` is A, 0 pauses; it stands for `valid_for` s from when it is sent (None:
    until another one). One that is to go out `at_once` waits for nothing.
    """

    current: float
    valid_for: float | None = None
    at_once: bool = False


@dataclass(kw_only=True, slots=True, eq=False)
class Attempt:
    """One time that an order was sent; times in s.

    `ended_after` is the number of the newest attempt that was sent before this one
    ended, `gone_at` is when it was known to be in force no longer.
    """

    order: Order
    sent_at: float
    number: int = 0
    ended_at: float | None = None
    ended_after: int = 0
    gone_at: float | None = None
    shown: bool = False
    """Whether the charger has shown its limit since ..."""
    held: bool = False
    """... and still did when no older reading could come in any more."""

    @classmethod
    def of_somebody(cls, current: float, now: float) -> Self:
        """Return what somebody else has set, A."""
        return cls(order=Order(current=current), sent_at=now, ended_at=now)

    def may_hold(self, now: float, offline_current: float) -> float:
        """Return what may be in force of it, A: after its time the fail-safe."""
        if self.has_expired(now):
            return min(self.order.current, offline_current)
        return self.order.current

    def has_expired(self, now: float) -> bool:
        """Whether its time is over, also where it arrived only as it ended."""
        if self.ended_at is None or self.order.valid_for is None:
            return False
        return now - self.ended_at > self.order.valid_for

    def outlasts(self, other: Attempt) -> bool:
        """Whether it is in force for longer than another one of the same limit."""
        return self.order.valid_for is None and other.order.valid_for is not None

    def may_have_expired(self, now: float) -> bool:
        """Whether its time is over, where it arrived as it was sent."""
        if self.order.valid_for is None:
            return False
        return now - self.sent_at >= self.order.valid_for

    @property
    def forgotten_at(self) -> float:
        """From when on it is not waited for any more."""
        return self.sent_at + FORGOTTEN_AFTER


@dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """An effect: send this, and say by its `number` how it ended."""

    number: int
    order: Order


@dataclass(frozen=True, kw_only=True, slots=True)
class Effects:
    """What is to be done: send something now, and call `wake` at a time (s)."""

    send: Send | None = None
    wake_at: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandTiming:
    """What is known of a charger's way with commands; s, and A it falls back to.

    `command_lag` is how long a car needs to follow, `raise_interval` lies at least
    between a write and a raise, `settles` is how long after a command old readings may
    come in.
    """

    command_lag: float
    raise_interval: float
    settles: float
    offline_current: float
