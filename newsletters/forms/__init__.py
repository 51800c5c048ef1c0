"""Input about newsletters."""
