"""``tashika studio``: a local web page to write answers and records, attach documents, see coverage, and preview.

It listens on this machine only and writes nothing but ``answers/`` and ``records/``, through their stores.
"""
