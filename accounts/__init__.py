"""Who people are: users, organisations, and the trail of what they did."""
