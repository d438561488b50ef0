"""Measures: what is true of a system. ``interface.py`` is the seam, ``engine.py`` runs plans; one adapter a room."""
