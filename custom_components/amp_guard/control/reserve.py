"""The reserve: what is not to be shared out for one charger's sake.

All that may be in force where it is lost, or was not seen to do what it was commanded;
and for its outlet what that does not draw yet.
"""

from .command import Command
from .constraint import Reserved, constraint_of, place_of
from .draw import Draw


class Reserve:
    """What is kept free for one charger, A of each constraint that it loads."""

    def __init__(self, draw: Draw, command: Command) -> None:
        """Keep nothing free yet; it stands aside until it was read."""
        self._draw = draw
        self._command = command
        self.aside = True
        """Whether it has no share and is never raised: all that may be in force is
        reserved, since it is lost or was not seen to do what it was commanded."""
        self.may_hold = 0.0
        """The most that may be in force while it is aside, A."""
        self.would_free: Reserved = ()
        """What of it a pause would free, A: of a fuse nothing that is taken in spite."""
        self.excess: Reserved = ()
        """What is reserved while the charger was paused in vain, A."""
        self.whole: Reserved = ()
        """All of it, with the outlet's, A."""
        self.is_empty = False
        """Whether nothing is kept, nor will be while it does what it was commanded."""

    def find(
        self,
        allocated: float,
        socket_current: float | None,
        *,
        lost: bool,
        ignores: bool,
        strays: bool,
        now: float,
    ) -> None:
        """Find it for a charger that is `allocated` so much, A.

        One that is not `lost` `ignores` its limit where it is seen to draw more, and
        `strays` where it may. `socket_current` is what its outlet says to draw, A.
        """
        self.aside = lost or (strays and allocated > 0)
        self.whole = self.would_free = self.excess = ()
        if lost:
            unseen = self._command.in_force_unseen(allocated, now)
            self.may_hold = max(unseen, self._draw.branch.charger.offline_current)
            self.whole = self._draw.branch.load(self.unseen(allocated, now))
            self.would_free = self.whole
        elif strays:
            self.may_hold = self._command.in_force(allocated)
            self.whole = self._load_of(max(self.may_hold, self._draw.current))
            if not self.aside:
                self.excess = self.whole
            elif ignores:
                # What is taken in spite harms a fuse; of a limit on power it is for a
                # while, and nobody is paused for it who would fit.
                limits = self._draw.branch.power_limits
                self.would_free = tuple(
                    each if place_of(each[0])[0] in limits else commanded
                    for each, commanded in zip(
                        self.whole, self._load_of(allocated), strict=True
                    )
                )
            else:
                self.would_free = self.whole
        has_socket = self._draw.branch.charger.socket_current > 0
        self.is_empty = not (lost or strays or has_socket)
        if has_socket:
            self.whole += self._of_socket(0.0 if lost else socket_current or 0.0)

    def unseen(self, allocated: float, now: float) -> tuple[float, float, float]:
        """Return what it may draw while it is lost, A by phase."""
        charger = self._draw.branch.charger
        if charger.one_phase_choices:
            return self._unseen_where_switched(allocated, now)
        if in_force := self._command.in_force_unseen(allocated, now):
            current, only = max(in_force, charger.offline_current), None
            a, b, c = self._draw.phases.weights
        else:
            current, only = charger.offline_current, charger.offline_phase
            a, b, c = self._draw.branch.weights
        if only is not None:
            a, b, c = (w if phase == only else 0.0 for phase, w in enumerate((a, b, c)))
        return a * current, b * current, c * current

    def _unseen_where_switched(
        self, allocated: float, now: float
    ) -> tuple[float, float, float]:
        """Return the same of one that may forget to which phases it was set."""
        in_force = self._command.in_force_unseen(allocated, now)
        current = self._draw.branch.charger.offline_current
        used, wired = self._draw.phases.weights, self._draw.branch.weights
        a, b, c = (
            max(w * in_force, w * current, v * current)
            for w, v in zip(used, wired, strict=True)
        )
        return a, b, c

    def _load_of(self, current: float) -> Reserved:
        return tuple((c, weight * current) for c, weight in self._draw.phases.load)

    def _of_socket(self, drawn: float) -> Reserved:
        """Return what its outlet does not draw yet."""
        branch = self._draw.branch
        free = max(0.0, branch.charger.socket_current - drawn)
        first = branch.charger.wiring[0]
        return tuple((constraint_of(node, first), free) for node in branch.path)
