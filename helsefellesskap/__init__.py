"""The project: wiring and helpers that know no domain."""
