"""Fixed sentences in both languages at once. ``say`` is an extraction keyword of tools/messages.py."""

from tashika.core.text import Lang, Text, translator


def say(message: str, **values: object) -> Text:
    """One sentence of ours in English and Japanese, with values filled in.

    A value that is a :class:`Text` is filled in by language; anything else as ``str``. Values are never read as
    templates, so hostile text stays text.

    >>> say("Samples: {n}", n=3).en
    'Samples: 3'
    """
    return Text(en=_fill(message, values, "en"), ja=_fill(translator("ja")(message), values, "ja"))


def _fill(template: str, values: dict[str, object], lang: Lang) -> str:
    return template.format(**{name: v.in_(lang) if isinstance(v, Text) else v for name, v in values.items()})


def mark(message: str) -> str:
    """Mark a sentence for translation where it is defined; :func:`say` translates it where it is used."""
    return message
