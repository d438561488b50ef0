"""Ground floor: errors, ids, limits, clock, strict JSON, canonical bytes, safe files, bilingual text.

Imports nothing from the rest of the house; everything else may import this.
"""
