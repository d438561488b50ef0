"""The static tree that anybody can check: assembled in memory, searched for secrets, switched in at once."""
