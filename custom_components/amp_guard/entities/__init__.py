"""Descriptions of what is shown, and what is told to who asks."""
