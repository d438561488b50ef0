"""Evidence: statement, canonical bytes, signature, sample commitment, log, proof, witness, policy, bundle, verify, changes.

Formats are existing standards (in-toto, RFC 8785, DSSE, RFC 6962, C2SP); verification is over bytes, never re-serialised.
"""
