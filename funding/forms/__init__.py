"""Input about money."""
