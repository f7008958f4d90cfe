"""With whom single customers are shared (客户共享)."""
