"""What goes round: measure, decide, command, publish; and what is kept of it.

`cycle.py` says when to decide, and does it: from what the meters (`meter_watch.py`) and
the chargers (`fleet.py`) say and what holds for a while (`overrides.py`) it makes a
snapshot, commands the fleet what was decided, and hands the state of the site to
`publisher.py`. That finds the events in it and tells all who listen: entities, the
bus, repairs. No part writes to another, and none knows who put them together.
"""
