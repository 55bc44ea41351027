"""Untold: what is attributed to a car before its charger tells it, and withdrawn again.

The meter sees a car stop, start or rise before its report comes. What is taken for the
car's own stands until a report that must be newer: one that does not show it refutes it,
and then it was the house.
"""

from collections.abc import Sequence

from ..model import NO_CURRENT, ChargerStatus, PhaseValues
from .bounds import TAKEN_FOR, Bounds
from .draw import CHARGED, RESTS, Draw
from .meter import OLDEST_REPORT
from .own_start import OwnStart
from .self_stop import SelfStop
from .sent import Sent
from .step_response import USED_FROM


class Untold:
    """What one car does that its charger has not told. Currents in A, times in s."""

    def __init__(self, draw: Draw, sent: Sent) -> None:
        """Start with a car that draws what it reports, and may draw what it was `sent`."""
        self._draw = draw
        self._sent = sent
        self._stop = SelfStop()
        self._start = OwnStart()
        self._risen_since: float | None = None
        self._said_then = NO_CURRENT

    def observe(self) -> None:
        """Take what its charger tells now."""
        draw, start = self._draw, self._start
        reported = draw.reported_by_phase
        if reported is start.drew and start.drawn is None:
            return
        if draw.status is ChargerStatus.DISCONNECTED:
            start.forget()
        else:
            start.note_report(reported)

    # --- what it does by itself ------------------------------------------------------

    def has_stopped(
        self, fall: Sequence[float], least: Sequence[float], time: float
    ) -> bool:
        """Return whether a fall is a stop of its car, which drew `least` till then, A.

        Where nothing is known of how late its reports are, it would take too long to
        tell the house by them.
        """
        draw = self._draw
        if (
            not draw.reports
            or draw.report_delay.doubt >= OLDEST_REPORT
            or self._stop.since is not None
            or draw.status in RESTS
            or not self._stop.explains(fall, least)
        ):
            return False
        self._stop.since = time
        return True

    def may_start(self) -> bool:
        """Return whether its car may draw, and does not yet."""
        draw = self._draw
        if not (draw.reports and self._sent.current):
            return False
        reported, estimate = draw.reported_by_phase, draw.estimate
        for phase in draw.phases.used:
            if reported[phase] < USED_FROM and estimate[phase] < USED_FROM:
                return draw.status in CHARGED
        return False

    def has_started(self, rise: Sequence[float], time: float) -> bool:
        """Return whether a rise is a start of its car, of no more than it was sent."""
        draw = self._draw
        return self.may_start() and self._start.explains(
            rise,
            draw.estimate,
            phases=draw.phases,
            least=draw.branch.min_current,
            most=self._sent.current,
            time=time,
        )

    def takes_all(self, time: float) -> bool:
        """Return whether it says to draw just what it was sent, at `time` or later.

        And has not stopped or started by itself: then no more is to be known of it.
        """
        draw, sent, start = self._draw, self._sent, self._start
        if (
            not draw.tells
            or time < draw.reported_at
            or sent.at > sent.untold_since(time)
            or start.drawn is not None
            or self._stop.since is not None
            or time - start.at <= TAKEN_FOR
        ):
            return False
        a, b, c = draw.phases.weights
        current = sent.current
        return (current * a, current * b, current * c) == draw.reported_by_phase

    def widen(self, bounds: Bounds, time: float) -> Bounds:
        """Return its `bounds`; where it has stopped by itself it draws nothing, or again.

        Where it has started by itself it draws what it was seen to take, or more.
        """
        low, likely, high = bounds
        if self._stop.since is not None:
            return NO_CURRENT, NO_CURRENT, high
        start = self._start
        if start.drawn is not None:
            low, likely = NO_CURRENT, start.drawn
        elif time - start.at > TAKEN_FOR:
            return bounds
        current = self._sent.current
        targets = (current * weight for weight in self._draw.phases.weights)
        most = PhaseValues(*map(max, high, targets, likely, strict=True))
        return low, likely, most

    # --- what its charger makes of that ----------------------------------------------

    def note_estimate(self, time: float) -> None:
        """Note whether at `time` it is taken to draw more, or less, than it reports."""
        draw = self._draw
        if not draw.tells:
            return
        reported, estimate = draw.reported_by_phase, draw.estimate
        if self._stop.since is not None:
            self._stop.note_draw(estimate, reported)
        if estimate is reported:
            self._risen_since = None
            return
        (a, b, c), (x, y, z) = estimate, reported
        if a - x <= USED_FROM and b - y <= USED_FROM and c - z <= USED_FROM:
            self._risen_since = None
        elif self._risen_since is None:
            self._risen_since, self._said_then = time, reported

    def withdraw(self, time: float) -> Sequence[float] | None:
        """Return what was attributed to it and never reported until `time`, A by phase.

        A rise, or a stop, is refuted by a report that must be newer and does not show
        it. One that passes on only changes would have shown it long ago.
        """
        since, stopped_at = self._risen_since, self._stop.since
        if since is None and stopped_at is None:
            return None
        draw = self._draw
        if not draw.tells:
            return None
        doubt, reported = draw.report_delay.doubt, draw.reported_by_phase
        newest = max(draw.reported_at, time - OLDEST_REPORT)
        if stopped_at is not None and newest - stopped_at >= doubt:
            return self._take_back()
        if since is None:
            return None
        risen = zip(reported, self._said_then, strict=True)
        if any(says - said > USED_FROM for says, said in risen):
            self._risen_since, self._said_then = draw.reported_at, reported
            return None
        return self._take_back() if newest - since >= doubt else None

    def _take_back(self) -> Sequence[float]:
        """Take it to draw what it reports; return by how much it was taken for more."""
        draw = self._draw
        estimate, reported = draw.estimate, draw.reported_by_phase
        draw.settle(reported)
        self._risen_since = self._stop.since = None
        self._start.forget()
        return [drawn - said for drawn, said in zip(estimate, reported, strict=True)]
