"""Following: whether one charger does what it was allocated, and how surely.

It *ignores* its limit where it is seen to draw more, and is *unconfirmed* where more may
be in force and nothing shows that it is not. Either counts once it has had its settling
time, and what it does then can be seen.
"""

from ..model import ChargerStatus
from .command import NEVER, Command
from .draw import Draw
from .sent import Sent

FOLLOW_TOLERANCE = 1.0
"""A above its allocation that a charger may draw and still counts as following."""
COMMAND_AGAIN_AFTER = 5.0
"""s after which a charger that does not follow is commanded again (or its lag)."""
HEARD_WITHIN = 60.0
"""s within which a report or a sample shows what it does, or none is to come."""


class Following:
    """Whether one charger follows. Currents in A per phase, times in s."""

    def __init__(self, draw: Draw, command: Command, sent: Sent) -> None:
        """Start with a charger of which nothing speaks against it."""
        self._draw = draw
        self._command = command
        self._sent = sent
        self.excess_since: float | None = None
        """Since when it is seen to draw more than it was allocated."""
        self.unconfirmed_since: float | None = None
        """Since when it may hold more than it was allocated, and nothing shows it not to."""
        self.sampled_at = NEVER
        """When a meter that sees it has measured last."""
        self.obeyed_at = NEVER
        """When it was sent the last cut that it has said to have followed: what it has said
        since is newer than that, s."""
        self._drew = 0.0
        """What it drew when it was cut last; 0 where that tells nothing any more."""

    # --- what it is told -------------------------------------------------------------

    def give_time(self, now: float, *, is_cut: bool) -> None:
        """Let another allocation have its time, unless it heeded none before it."""
        if is_cut:
            self._drew = self._draw.current
        if self.excess_since is not None and not self.ignores_for(1, now):
            self.excess_since = now

    def forget_cut(self) -> None:
        """Let it say nothing any more that it has followed a cut: more may be in force."""
        self._drew = 0.0

    # --- what it does ----------------------------------------------------------------

    def note_report(self, said: float) -> None:
        """Note whether it now says to have followed a cut, and had `said` more before, A."""
        says, sent = self._draw.reported, self._sent.current
        if 0 < sent < said - FOLLOW_TOLERANCE and abs(says - sent) <= FOLLOW_TOLERANCE:
            self.obeyed_at = self._sent.at

    def compare(
        self, allocated: float, status: ChargerStatus, *, wants: bool, now: float
    ) -> None:
        """Compare what it draws, and may hold, with what it was `allocated`, A.

        It `wants` current where its car asks for any.
        """
        follows, command = self._follows(allocated, status), self._command
        if follows:
            self.excess_since = None
        elif self.excess_since is None:
            self.excess_since = now
        if (
            not wants
            or command.commanded is None  # nobody tells
            or command.in_force(allocated) <= allocated
            or (follows and self._is_seen_lower(allocated))
        ):
            self.unconfirmed_since = None
        elif self.unconfirmed_since is None:
            self.unconfirmed_since = now

    def _follows(self, allocated: float, status: ChargerStatus) -> bool:
        draw, most = self._draw, allocated + FOLLOW_TOLERANCE
        if draw.tells:
            if draw.reported <= most:
                return True
            # It may be seen before it is told.
            return draw.current <= most and draw.may_be_before(self._sent.at)
        if not allocated:
            return status is not ChargerStatus.CHARGING
        return draw.current <= most

    def _is_seen_lower(self, allocated: float) -> bool:
        """Return whether its car drew more when it was cut, and can be seen to follow.

        That tells so before its charger does.
        """
        is_seen = self._draw.reports or self._draw.branch.seen_by
        return bool(is_seen) and self._drew > allocated

    # --- for how long ----------------------------------------------------------------

    @property
    def settling_time(self) -> float:
        """Return the s that it has until it must be seen to follow."""
        follows = max(COMMAND_AGAIN_AFTER, self._draw.branch.charger.command_lag)
        return follows + max(0.0, self._draw.report_delay.seconds)

    def ignores_for(self, times: float, now: float) -> bool:
        """Return whether it was seen to ignore its limit for so many settling times."""
        if self.excess_since is None:
            return False
        return self._seen_at(now) - self.excess_since >= times * self.settling_time

    def is_unconfirmed_for(self, times: float, now: float) -> bool:
        """Return whether it was not confirmed for so many settling times."""
        if self.unconfirmed_since is None:
            return False
        return now - self.unconfirmed_since >= times * self.settling_time

    def is_in_doubt(self, now: float) -> bool:
        """Return whether either has lasted for its settling time."""
        if self.excess_since is None and self.unconfirmed_since is None:
            return False
        return self.ignores_for(1, now) or self.is_unconfirmed_for(1, now)

    def can_be_seen(self, commanded_at: float, now: float) -> bool:
        """Return whether it is seen by now what it made of a command of that time."""
        return self._seen_at(now) >= commanded_at + self.settling_time

    def _seen_at(self, now: float) -> float:
        """Return until when it is known what it does: till then it may follow unseen.

        Where nothing comes for long, nothing is to come.
        """
        heard_at = max(self._draw.arrived_at, self.sampled_at)
        return min(now, max(heard_at, now - HEARD_WITHIN))
