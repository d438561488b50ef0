"""Model weights: which files there are, what they hash to, who signed them (OpenSSF Model Signing v1.0).

``scan`` finds files, ``manifest`` hashes them, ``bundle`` signs and reads, ``verify`` compares, ``subject`` names a
system after its weights.
"""
