"""Faults: what stops, lies or is cut off, alone and two at once; the fuse judges.

`kinds` names them, `home` is a home in virtual time that has them, `matrix` runs them.
"""
