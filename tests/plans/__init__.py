"""Tests of what limits power beside the fuses."""
