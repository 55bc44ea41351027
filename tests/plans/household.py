"""A clock, a house and a car, for the tests of plans."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.amp_guard.plans import CarPower, Moment, Plan

ZONE = ZoneInfo("Europe/Brussels")
LEAST, MOST = 4140.0, 11040.0
"""W of a car on three phases at 6 and 16 A."""


def at(text: str) -> datetime:
    """Return a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass(kw_only=True)
class Household:
    """A house (W), a car that draws what it may, and time.

    `energy` is what the utility's meter counted since it was set to 0, J.
    """

    plan: Plan
    clock: datetime
    house: float = 500.0
    wants: bool = True
    present: bool = True
    metered: bool = True
    said: dict[str, float | bool | None] | None = None
    time: float = 1000.0
    drawn: float = 0.0
    energy: float = 0.0
    starts: int = 0

    def look(self) -> None:
        """Show the plan what is so; the car follows at once."""
        car = CarPower(
            drawn=self.drawn,
            least=LEAST,
            starts_from=LEAST,
            wants=self.wants,
            offered=self.drawn > 0,
            idle=False,
        )
        self.plan.look(
            Moment(
                time=self.time,
                clock=self.clock,
                power=self.house + self.drawn if self.metered else None,
                cars={"car": car} if self.present else {},
                said=self.said or {},
            )
        )
        allowed = self.plan.allowed
        most = MOST if allowed is None else min(allowed, MOST)
        drawn = most if most >= LEAST and self.wants and self.present else 0.0
        self.starts += drawn > 0 and not self.drawn
        self.drawn = drawn

    def go_on(self, seconds: float, step: float = 5.0) -> Iterator[float]:
        """Let time pass; yield what is drawn, W, after each step."""
        end = self.time + seconds
        while self.time < end:
            self.look()
            self.energy += max(self.house + self.drawn, 0.0) * step
            self.pass_by(step)
            yield self.drawn

    def passes(self, seconds: float, step: float = 5.0) -> float:
        """Let time pass; return the mean power that was imported, W."""
        before = self.energy
        for _ in self.go_on(seconds, step):
            pass
        return (self.energy - before) / seconds

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and nobody looks."""
        self.time += seconds
        self.clock = (self.clock.astimezone(UTC) + timedelta(0, seconds)).astimezone(
            ZONE
        )
