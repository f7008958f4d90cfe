"""Customer groups (客户群): what WeCom says of them, as it stands."""
