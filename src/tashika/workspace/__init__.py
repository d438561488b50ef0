"""The only writer of an organisation's files: paths, configuration, locks, run store, backup and restore."""
