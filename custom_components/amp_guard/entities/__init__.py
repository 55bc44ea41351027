"""What is shown: which sensors there are, and the plan for who asks for it.

A description says by which figure of the published state (`SiteState`) an entity goes,
and computes nothing. What all entities do is in `entity.py`, beside the platforms.
"""
