"""What compliance takes in and gives out over HTTP, one file per noun."""
