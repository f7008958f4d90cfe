"""Handovers (客户继承): the cases of leavers and of those who stay, until every customer is final."""
