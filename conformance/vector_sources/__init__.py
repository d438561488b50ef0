"""Where the vectors come from: slow, plain implementations of the definitions, and one module a family of vectors.

Nothing here imports tashika: what checks the implementation must not be the implementation.
"""
