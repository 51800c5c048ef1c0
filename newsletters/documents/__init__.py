"""What newsletters contain: on the page, on paper and in the mail; nothing here writes."""
