"""How fast it is: every measure is a ratio of two things timed side by side in one run. `make bench` runs it."""
