"""How a command shows: what is known of cars, for all that learns from their answers."""

from dataclasses import dataclass

LEAST_STEP = 2.0
"""A of a command whose answer can be told from what else changes meanwhile."""
SEEN = 0.5
"""Part of the commanded step from which on it counts as seen."""
GIVE_UP_AFTER = 60.0
"""s after which an answer is no longer waited for."""
ANSWERS_KEPT = 5
"""Answers of which the middle one is believed."""
USED_FROM = 0.5
"""A from which a phase counts as used."""
ALL_PHASES_AFTER = 30.0
"""s of charging after which a car uses all the phases that it will (many start on one,
for about 10 s)."""


@dataclass(slots=True)
class StepResponse:
    """One signal's answer to a command that changes the current by `step` A."""

    step: float
    seen_at: float | None = None
    """s, None until the answer was seen."""
    _before: float | None = None

    def observe(self, current: float, time: float) -> bool:
        """Take what the signal shows, A; return whether that is the answer."""
        if self._before is None:
            self._before = current
            return False
        change = current - self._before
        seen = change * self.step > 0 and abs(change) >= SEEN * abs(self.step)
        if seen:
            self.seen_at = time
        return seen
