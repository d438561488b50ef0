"""A report in every form that people read. Each form sees only the report, never the workspace."""
