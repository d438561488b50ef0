"""Evidence: statements, signatures, sample commitments, log, proofs, witness, policy, bundle, verify, changes.

Formats are existing standards (in-toto, RFC 8785, DSSE, RFC 6962, C2SP); bytes are verified, never re-serialised.
"""
