"""Signals that go wrong, one at a time: who notices, how soon, and what it costs.

`signals.py` says how they go wrong, `sites.py` where, `matrix.py` tries each in each
place, `weeks.py` counts the alarms where nothing is wrong, `table.py` prints.
"""
