"""The command line: one module a command, its parser beside its handler.

``entry.main`` is the process; ``verify`` is dispatched before Typer loads, so that checking stays fast and small.
"""
