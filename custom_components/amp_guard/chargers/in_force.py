"""What may be in force at one charger: of what was sent, and by what it shows.

An attempt whose end is not known, or that failed, may hold all the same: integrations
time out on commands that their cloud has carried out. Room is kept for it until the
charger shows something else. What a charger shows was so at some time in the last
`settles` s; nothing tells when.
"""

from .attempt import Attempt, CommandTiming


class LimitsInForce:
    """What may be in force at one charger. Currents in A per phase, times in s.

    `under_way` are the attempts that have not ended. `shows_limits` says whether the
    charger ever showed one: what one that does not has taken is in force.
    """

    def __init__(
        self, timing: CommandTiming, tolerance: float, current: float | None
    ) -> None:
        """Start with the highest limit that may be in force, None: nothing is known."""
        self.under_way: list[Attempt] = []
        self.shows_limits = False
        self._timing = timing
        self._tolerance = tolerance
        # Ended, and what is shown may be of before that.
        self._doubtful: list[Attempt] = []
        self._known: Attempt | None = None
        # In force no longer, and what is shown may be of when they were.
        self._past: list[Attempt] = []
        if current is not None:
            self._known = Attempt.of_somebody(current, float("-inf"))

    # --- what is known ---------------------------------------------------------------

    def may_hold(self, now: float) -> float | None:
        """Return the highest limit that may be in force, None where nothing is known."""
        if self._known is None:  # what was sent may be less than what it had before
            return None
        offline_current = self._timing.offline_current
        return max(each.may_hold(now, offline_current) for each in self._all())

    def is_settled(self) -> bool:
        """Whether what is shown is no older than the end of all that has ended."""
        return not self._doubtful

    def is_only(self, attempt: Attempt) -> bool:
        """Whether no other attempt may still come, or be what comes to be shown."""
        others = [*self.under_way, *self._doubtful]
        return all(other is attempt for other in others)

    def changes_at(self) -> list[float]:
        """Return when time alone changes what is known."""
        return [
            *(self._settled_at(each) for each in self._doubtful),
            *(each.forgotten_at for each in self.under_way),
        ]

    def is_of(self, limit: float, attempt: Attempt) -> bool:
        """Whether a limit is the one that was sent."""
        return abs(limit - attempt.order.current) <= self._tolerance

    def is_fall_back(self, limit: float, attempt: Attempt) -> bool:
        """Whether a limit is what is left of one whose time is over."""
        fall_back = min(attempt.order.current, self._timing.offline_current)
        return abs(limit - fall_back) <= self._tolerance

    def _all(self) -> list[Attempt]:
        known = [] if self._known is None else [self._known]
        return [*self.under_way, *self._doubtful, *known]

    # --- what happens ----------------------------------------------------------------

    def take_timing(self, timing: CommandTiming) -> None:
        """Take what is known by now of its way with commands."""
        self._timing = timing

    def send(self, attempt: Attempt) -> None:
        """Take that it is on its way."""
        self.under_way.append(attempt)

    def end(self, attempt: Attempt, now: float, *, newest: int, left: bool) -> None:
        """Take that it ended, after number `newest` was sent; `left`: it may hold."""
        self.under_way.remove(attempt)
        attempt.ended_at, attempt.ended_after = now, newest
        if left:
            self._doubtful.append(attempt)

    def take(self, attempt: Attempt, now: float) -> None:
        """Take that one that ended is in force: the charger shows nothing."""
        self._let_go(self._ended_before(attempt), now)
        self._doubtful.remove(attempt)
        self._hold(attempt, now)

    def see(self, limit: float, last: Attempt | None, now: float) -> None:
        """Take the limit that is shown; `last` is the newest attempt that was sent."""
        self.shows_limits = True
        ordered = None
        if last is not None and self.is_of(limit, last) and not last.has_expired(now):
            ordered = last
        if ordered is not None and self._is_news(limit, ordered, now):
            ordered.shown = True
            self._let_go(self._ended_before(ordered), now)
        settled = [a for a in self._doubtful if self._settled_at(a) <= now]
        holds = ordered or Attempt.of_somebody(limit, now)
        self._hold(self._outlasting(holds, limit, settled), now)
        self._let_go(settled, now)
        if ordered is not None and not self.under_way and not self._doubtful:
            ordered.shown = ordered.held = True

    def _outlasting(
        self, holds: Attempt, limit: float, settled: list[Attempt]
    ) -> Attempt:
        """Return which of several of one limit is in force: the one for longest.

        Which of them it is cannot be seen.
        """
        for each in (self._known, *settled):
            if each is not None and self.is_of(limit, each) and each.outlasts(holds):
                return each
        return holds

    def _is_news(self, limit: float, last: Attempt, now: float) -> bool:
        """Whether only the last attempt can have made the charger show this."""
        return not any(
            self.is_of(limit, each)
            or (each.may_have_expired(now) and self.is_fall_back(limit, each))
            for each in [*self._all(), *self._recent(now)]
            if each is not last
        )

    def _settled_at(self, attempt: Attempt) -> float:
        """Return from when on what is shown is no older than its end."""
        ended_at = attempt.sent_at if attempt.ended_at is None else attempt.ended_at
        return ended_at + self._timing.settles

    def _ended_before(self, attempt: Attempt) -> list[Attempt]:
        """Return what has ended before another attempt was sent."""
        return [a for a in self._doubtful if a.ended_after < attempt.number]

    def _hold(self, attempt: Attempt, now: float) -> None:
        before, self._known = self._known, attempt
        if before is not None and before is not attempt:
            self._note_past([before], now)

    def _let_go(self, attempts: list[Attempt], now: float) -> None:
        """Take that of what has ended these are in force no longer."""
        self._doubtful = [each for each in self._doubtful if each not in attempts]
        self._note_past(attempts, now)

    def _note_past(self, attempts: list[Attempt], now: float) -> None:
        for attempt in attempts:
            attempt.gone_at = now
        self._past = [*self._recent(now), *attempts]

    def _recent(self, now: float) -> list[Attempt]:
        """Return what is gone, but may still be what is shown."""
        since = now - self._timing.settles
        return [each for each in self._past if (each.gone_at or now) > since]
