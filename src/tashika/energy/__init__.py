"""Energy and time of a run: ``meter`` measures, ``reading`` keeps, ``estimate`` bounds what nothing here can measure.

``counters`` reads power counters where a machine has them, ``processes`` the operating system's CPU times.
"""
