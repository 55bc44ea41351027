"""What comes from outside, at random: only the errors that are meant may come of it."""
