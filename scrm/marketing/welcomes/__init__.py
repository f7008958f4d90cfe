"""Welcome messages (欢迎语): whether and how new customers are greeted, once for each add."""
