"""One function per page or verb of the portfolio."""
