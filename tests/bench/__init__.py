"""The closed loop in virtual time."""
