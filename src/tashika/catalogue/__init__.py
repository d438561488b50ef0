"""The Hiroshima Process as data: what is asked, of whom, how strongly, and what would prove it.

TOML under ``data/``, one Pydantic model a table, JSON Schema generated from the models. No rules in Python.
``loader.load()`` gives the frozen ``catalogue.Catalogue``; ``check.check()`` says what is wrong with it.
"""
