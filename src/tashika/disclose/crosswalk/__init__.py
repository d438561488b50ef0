"""One assessment seen beside other frameworks: how relations combine, which paths lead where, what a report shows."""
