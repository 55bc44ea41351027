"""What is to happen, in order of time."""

from collections.abc import Callable
import heapq

type Action = Callable[[], None]


class Agenda:
    """Virtual time, s: it goes from one action to the next.

    Of two at the same moment the one that was noted first comes first.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Action]] = []
        self._noted = 0

    def at(self, time: float, action: Action) -> None:
        """Do something then; at once where that is over."""
        self._noted += 1
        heapq.heappush(self._due, (max(time, self.now), self._noted, action))

    def later(self, seconds: float, action: Action) -> None:
        """Do something in so many s."""
        self.at(self.now + seconds, action)

    def each(self, seconds: float, action: Action, first: float = 0.0) -> None:
        """Do something each so many s."""

        def again() -> None:
            self.later(seconds, again)
            action()

        self.at(first, again)

    def run(self, until: float, advance: Callable[[float], None]) -> None:
        """Do all that is due before `until`; `advance` lets the world follow."""
        while self._due and self._due[0][0] < until:
            self.now, _, action = heapq.heappop(self._due)
            advance(self.now)
            action()
        self.now = until
        advance(until)
