"""Red team: cases in, samples asked of a target, answers scored by fixed rules, rates with their intervals out.

``cases`` → ``sampling`` → ``campaign`` (over a ``target``) → ``scorers`` → ``results``. ``local`` serves the small
embedded model that needs no account; ``openai_chat`` reaches any OpenAI-compatible endpoint.
"""
