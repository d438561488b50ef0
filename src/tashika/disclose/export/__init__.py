"""The report in formats of other ecosystems: OSCAL and model cards. Pure functions of a report; no file is read."""
