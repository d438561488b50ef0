"""The OECD's Word form: opened as hostile, read line by line, pinned by its digest, compared with other versions.

The layout is known from public descriptions; the real form could not be tried. What a reader does not understand
becomes a note, never nothing.
"""
