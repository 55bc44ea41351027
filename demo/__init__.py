"""A household's evening with a real Home Assistant in charge of its chargers.

The site is simulated, its devices are on the loopback network; Home Assistant is a
process of its own and is told everything over HTTP, as by its owner's browser.
"""
