"""What the grid's operator asks for a while: a limit of what chargers draw together.

It comes from an entity: a limit in W, as an EEBus box or a relay's integration gives it,
or whether consumption is dimmed. What was asked and given is kept, as a proof.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from . import Moment

DEVICE = 4200.0
"""W that a controllable device keeps while it is dimmed [BNetzA BK6-22-300, annex 1]."""
SIMULTANEITY = (0.80, 0.75, 0.70, 0.65, 0.60, 0.55, 0.50, 0.45)
"""The factor GZF of 2, 3, ... devices behind one energy management; the last one of 9 and
more [BNetzA BK6-22-300, annex 1, 4.5.2, as in hupe1980/metering, `src/grid/para14a.rs` at
09360fc, read 27 November 2026]."""
PROVED_FOR = timedelta(days=730)
"""For which what was asked and given is kept [BNetzA BK6-22-300: two years]."""
MOST_ROWS = 20_000
"""Of the proof: a limit in force for 208 days, in a file of about 1 MB."""
QUARTER = 900
"""s"""
LONGEST_STEP = 30.0
"""s between two looks; what flowed in a longer gap is not known."""


def dimmed(chargers: int) -> float:
    """Return what so many chargers may draw together at least while dimmed, W."""
    if chargers < 1:
        return 0.0
    others = chargers - 1
    factor = SIMULTANEITY[min(others, len(SIMULTANEITY)) - 1] if others else 0.0
    return DEVICE + others * factor * DEVICE


class Zero(StrEnum):
    """What a limit of 0 W means."""

    NO_LIMIT = "no_limit"
    """A placeholder of who asks nothing."""
    DIMMED = "dimmed"
    """That consumption is dimmed: nobody may ask for less [evcc#33839]."""
    NOTHING = "nothing"
    """That nothing may be drawn."""


class Silence(StrEnum):
    """What counts after the entity has said nothing for too long."""

    NO_LIMIT = "no_limit"
    DIMMED = "dimmed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """How it asks: by which entity, for how many chargers.

    What it said last holds for `holds` s while it says nothing; then `silence` counts.
    """

    entity: str | None
    chargers: int
    zero: Zero = Zero.NO_LIMIT
    holds: float = 7200.0
    silence: Silence = Silence.NO_LIMIT


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A quarter in which a limit was in force for `seconds`.

    `asked` and `given` are means over these, W: the limit, and what was drawn.
    """

    start: datetime
    seconds: float
    asked: float
    given: float


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatorState:
    """What is shown: the limit in force, W, None where nothing is asked."""

    limit: float | None


class OperatorPlan:
    """Obeys the grid's operator. `allowed` is W, None where nothing is asked."""

    def __init__(self, operator: Operator) -> None:
        """Start with nothing asked."""
        self._operator = operator
        self._heard: datetime | None = None
        self._time: float | None = None
        self._clock: datetime | None = None
        self._given = 0.0
        self._rows: deque[Row] = deque(maxlen=MOST_ROWS)
        self.allowed: float | None = None

    def look(self, moment: Moment) -> None:
        """Take what is so now."""
        self._prove(moment)
        if self._operator.entity is not None:
            self._ask(moment.said.get(self._operator.entity), moment.clock)
        self._time, self._clock = moment.time, moment.clock
        self._given = sum(car.drawn for car in moment.cars.values())

    def _ask(self, said: float | bool | None, clock: datetime) -> None:
        if said is None or not said >= 0.0:  # nor is NaN a limit
            self._heard = self._heard or clock
            # A clock that was set back does not lengthen it.
            silent = abs((clock - self._heard).total_seconds())
            if silent > self._operator.holds:
                unheard = self._operator.silence is Silence.NO_LIMIT
                self.allowed = None if unheard else dimmed(self._operator.chargers)
            return
        self._heard = clock
        if isinstance(said, bool):
            self.allowed = dimmed(self._operator.chargers) if said else None
        elif said == 0.0:
            self.allowed = {
                Zero.NO_LIMIT: None,
                Zero.DIMMED: dimmed(self._operator.chargers),
                Zero.NOTHING: 0.0,
            }[self._operator.zero]
        else:
            self.allowed = float(said)

    # --- the proof ------------------------------------------------------------------------

    def _prove(self, moment: Moment) -> None:
        """Note what was asked and given since the last look."""
        if self.allowed is None or self._time is None or self._clock is None:
            return
        step = moment.time - self._time
        if not 0.0 < step <= LONGEST_STEP:
            return
        now = self._clock.astimezone(UTC)
        start = datetime.fromtimestamp(now.timestamp() // QUARTER * QUARTER, UTC)
        before = Row(start=start, seconds=0.0, asked=0.0, given=0.0)
        if self._rows and self._rows[-1].start == start:
            before = self._rows.pop()
        seconds = before.seconds + step
        part = step / seconds
        self._rows.append(
            Row(
                start=start,
                seconds=seconds,
                asked=before.asked + part * (self.allowed - before.asked),
                given=before.given + part * (self._given - before.given),
            )
        )
        while now - self._rows[0].start > PROVED_FOR:
            self._rows.popleft()

    @property
    def proof(self) -> tuple[Row, ...]:
        """What was asked and given, in the order of time."""
        return tuple(self._rows)

    @property
    def shown(self) -> OperatorState:
        """What is shown of it."""
        return OperatorState(limit=self.allowed)

    # --- what is kept -----------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Return it for the store."""
        return {
            "asked": self.allowed,
            "heard": self._heard and self._heard.isoformat(),
            "rows": [
                [
                    row.start.isoformat(),
                    round(row.seconds),
                    round(row.asked),
                    round(row.given),
                ]
                for row in self._rows
            ],
        }

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Go on from what was kept."""
        asked, heard = stored["asked"], stored["heard"]
        self.allowed = None if asked is None else float(asked)
        self._heard = None if heard is None else datetime.fromisoformat(heard)
        self._rows.extend(
            Row(
                start=datetime.fromisoformat(start),
                seconds=float(seconds),
                asked=float(asked),
                given=float(given),
            )
            for start, seconds, asked, given in stored["rows"]
        )
