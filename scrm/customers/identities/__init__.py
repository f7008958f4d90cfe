"""Identities (客户身份): phone numbers, addresses and codes by which customers are known, sealed."""
