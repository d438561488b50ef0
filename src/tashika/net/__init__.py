"""The one way to fetch an address that a file or a stranger names; it cannot be talked into reaching inside.

``fetch`` gets bytes over HTTPS with limits; ``addresses`` decides which machines may be reached at all.
"""
