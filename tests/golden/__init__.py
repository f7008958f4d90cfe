"""Golden answers: what the product answers, tells, calls and keeps on a furnished corp, recorded.

The tests here compare this tree with what was recorded. ``python -m tests.golden`` records anew; whoever does so owns
each difference that ``git diff tests/data/golden`` then shows.
"""

RECORD = "SCRM_RECORD_GOLDEN"
