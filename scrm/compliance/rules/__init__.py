"""Rules (质检规则) that archived messages are read by, and what they find."""
