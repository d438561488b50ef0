"""The report as data: its model, and how it follows from evidence and answers."""
