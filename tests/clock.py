"""A hand on time."""

from dataclasses import dataclass


@dataclass(kw_only=True)
class Clock:
    """The event loop's time: what waits for a moment comes due when it is moved."""

    ahead: float = 0.0

    def advance(self, seconds: float) -> None:
        self.ahead += seconds
