"""What is worked on: program areas, strategic areas, initiatives, their dated status, and editions."""
