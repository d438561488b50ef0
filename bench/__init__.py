"""Speed and memory figures, each beside its peer in the same run. ``python -m bench [FAMILY]``; see harness.py."""
