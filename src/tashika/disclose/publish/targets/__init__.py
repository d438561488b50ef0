"""Where a tree goes: a folder, a branch of a git repository, an object store. The folder publisher makes every tree."""
