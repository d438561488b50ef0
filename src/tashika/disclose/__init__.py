"""Disclosure (Action 3): states and grades, claims, the yearly report, its four forms, and publishing.

``status.py`` is the one place that decides what an item's evidence amounts to; everything else cites it.
"""
