"""documents of meetings."""
