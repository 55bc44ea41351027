"""What a dashboard shows: the card's file, and the feed that it is drawn from.

The card itself is built from the sources in `/frontend` into `amp-guard-card.js`.
"""

from .feed import FEED, FORMAT, Feed, Message
from .panel import show_simulated_home
from .resource import CARD, add_card, remove_card, serve_card

__all__ = [
    "CARD",
    "FEED",
    "FORMAT",
    "Feed",
    "Message",
    "add_card",
    "remove_card",
    "serve_card",
    "show_simulated_home",
]
