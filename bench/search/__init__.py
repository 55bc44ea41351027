"""A search through plausible homes for those that a law is bad at.

`homes.py` draws them, `contenders.py` has who is held beside the law, `judge.py` runs
all of them on each home, `table.py` prints.
"""
