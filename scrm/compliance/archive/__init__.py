"""The chat archive (会话存档): messages, conversations, and reading them."""
