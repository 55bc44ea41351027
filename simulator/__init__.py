"""The world to test against: a house, its fuse, chargers and cars, as physics.

It shares nothing with the control core but the words of `model.py`, and judges by its
own record. Currents are in A, energy in Wh, time in s from the world's beginning.
"""
