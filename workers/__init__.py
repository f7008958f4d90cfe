"""The doors for work: RQ workers that drain lanes, and the scheduler that rings for what is due."""
