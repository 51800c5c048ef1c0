"""One function per page or verb of newsletters."""
