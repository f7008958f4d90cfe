"""What compliance does on events and on WeCom's answers, one file per noun."""
