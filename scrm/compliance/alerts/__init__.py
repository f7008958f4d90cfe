"""Alerts (风险提醒): one for each loss and each hit of a rule, and who was told."""
