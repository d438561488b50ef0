"""``python -m tashika``."""

from tashika.cli.entry import process

process()
