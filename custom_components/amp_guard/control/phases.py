"""Which of its charger's phases a car uses: known, presumed, or all that it may.

Many cars use one phase of three, and the two others are free for somebody else. After
30 s of charging it is known (a car may start on one phase for about 10 s). Until then a
car that charges is taken to use those that are seen to carry it, and a start may be
tried on the first alone: what turns up on another takes it back at once.
"""

from collections.abc import Collection, Sequence

from ..model import EarthingSystem, Phase
from .constraint import PHASES, Constraint, Load
from .step_response import ALL_PHASES_AFTER, USED_FROM
from .tree import Branch

Weights = tuple[float, float, float]

TRIED_AGAIN_AFTER = 600.0
"""s before a start is tried again that was taken back; twice as long each further time."""
_NEVER = float("-inf")


class UsedPhases:
    """The phases that one charger's car uses, and so loads.

    `weights` are the A on each supply phase for each A that it draws, `load` the same by
    constraint, `power_weight` their sum as a limit on power counts it; `full_load` is the load of one that uses all, `spare_load` what that one
    would load besides, and `spare` its constraints. `strays` says that it was seen on a
    phase that it was taken not to use. In an IT net a car uses all the lines that it hangs
    between.
    """

    def __init__(self, branch: Branch, earthing_system: EarthingSystem) -> None:
        """Start with a car that may use all phases."""
        self._branch = branch
        self.is_known = False
        self.is_presumed = False
        """Whether it is taken to use fewer phases than it may."""
        self.is_tried = False
        """Whether it was started on its first phase alone, and did not show yet that it
        uses no more."""
        self.may_try_at = _NEVER
        """When a start may be tried again, s."""
        self._taken_back = 0
        self.strays = False
        self._can_differ = earthing_system is EarthingSystem.TN
        self.learned: Sequence[float] | None = None
        """The report from which all is learned; None where there may be more in it."""
        self._unused_since: list[float | None] = [None, None, None]
        self.weights: Weights = branch.weights
        self.change_branch(branch)

    def change_branch(self, branch: Branch) -> None:
        """Let it hang in a branch that is wired as its own."""
        self._branch = branch
        self.full_load: Load = branch.load(branch.weights)
        self._use(self.weights)

    def unplug(self) -> None:
        """Forget the car."""
        self.use_all()
        self.is_known = self.is_tried = self.strays = False
        self.may_try_at, self._taken_back = _NEVER, 0

    def recall(self, number: int) -> None:
        """Take so many phases to be used, as was seen before a restart."""
        if self._can_differ and not self.is_known:
            self.presume(self._branch.charger.wiring[:number])
            self.is_known, self.is_presumed = True, False

    def learn(self, reported: Sequence[float], now: float) -> None:
        """Free the phases that a car that charges does not use; take back what it does.

        `reported` is what it draws, A by phase.
        """
        if reported is self.learned or not self._can_differ:
            return
        if max(reported) < 2 * USED_FROM:
            self.begin_anew()
            return
        wired = self._branch.weights
        weights = list(self.weights)
        settled = True
        for phase, weight in enumerate(wired):
            if reported[phase] >= USED_FROM or not weight:
                self._unused_since[phase] = None
                weights[phase] = weight
                continue
            since = self._unused_since[phase]
            if since is None:
                self._unused_since[phase] = since = now
            if now - since >= ALL_PHASES_AFTER:
                weights[phase] = 0.0
            else:
                settled = False
        if weights != list(self.weights):
            self.strays = self.strays or sum(weights) > sum(self.weights)
            if self.is_presumed and sum(weights) > sum(self.weights):
                weights = list(wired)  # one more than was presumed: perhaps soon all
            self._use(weights)
        elif settled:
            self.learned = reported
        if settled or (self.is_presumed and self.weights == wired):
            self._know()

    def presume_seen(self, reported: Sequence[float]) -> None:
        """Take a car that charges to use the phases on which it draws, A."""
        if self.may_presume and max(reported) >= 2 * USED_FROM:
            self.presume([phase for phase in PHASES if reported[phase] >= USED_FROM])
            self.is_known = self.weights == self._branch.weights
            self.is_presumed = not self.is_known

    def see_raise(self, seen: Collection[Phase], *, whole: bool, now: float) -> None:
        """Take that the meter has seen its raise on some phases, so far or on the `whole`.

        One more than it was taken to use is perhaps soon all.
        """
        if not self._can_differ:
            return
        is_narrowed = self.is_presumed or (self.is_known and whole)
        if is_narrowed and any(not self.weights[phase] for phase in seen):
            self.strays = True
            if self.is_tried:
                self.take_back(now)
            else:
                self.use_all()
            self.is_known = False
        elif whole and not self.is_known:
            self.presume(seen)
            self._know()

    def _know(self) -> None:
        self.is_known, self.is_presumed = True, False
        if self.weights != self._branch.weights:
            self.is_tried = False

    @property
    def may_presume(self) -> bool:
        """Return whether it is not known which phases its car uses."""
        return self._can_differ and not self.is_known

    def presume(self, phases: Collection[int]) -> None:
        """Take its car to use only these of its phases, until more is known."""
        a, b, c = (
            weight if phase in phases else 0.0
            for phase, weight in enumerate(self._branch.weights)
        )
        self._use((a, b, c))
        self.is_presumed = True

    def try_first(self) -> None:
        """Start its car as one that uses its first phase alone."""
        self.presume(self._branch.charger.wiring[:1])
        self.is_tried = True

    @property
    def tried_load(self) -> Load:
        """What a car that is tried may load beside what it is taken to use."""
        return self.spare_load if self.is_tried else ()

    def take_back(self, now: float) -> None:
        """Take a car that is tried to use all its phases, and not try it again for long."""
        self.may_try_at = now + TRIED_AGAIN_AFTER * 2**self._taken_back
        self._taken_back += 1
        self.use_all()

    def pause(self) -> None:
        """Note that its car is paused, perhaps in the first seconds of its start."""
        self.begin_anew()
        self.is_tried = False
        if self.is_presumed:
            self.use_all()

    def begin_anew(self) -> None:
        """Begin anew to look which phases it does not use."""
        self.learned = None
        self._unused_since = [None, None, None]

    def use_all(self) -> None:
        """Take its car to use all the phases that it is wired to."""
        self.begin_anew()
        self.is_presumed = False
        if self.weights != self._branch.weights:
            self._use(self._branch.weights)

    def _use(self, weights: Sequence[float]) -> None:
        a, b, c = weights
        self.learned = None
        self.weights = (a, b, c)
        self.power_weight = self._branch.power_weight(self.weights)
        self.load: Load = self._branch.load(self.weights)
        self.used = [phase for phase in PHASES if weights[phase]]
        wiring = self._branch.charger.wiring
        self.first = next((p for p in wiring if weights[p]), wiring[0])
        unused = zip(self._branch.weights, weights, strict=True)
        x, y, z = (wired if not used else 0.0 for wired, used in unused)
        self.spare_load: Load = self._branch.load((x, y, z))
        self.spare: list[Constraint] = [c for c, _ in self.spare_load]
