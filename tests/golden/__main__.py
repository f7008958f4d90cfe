"""Record the golden answers anew: ``python -m tests.golden``."""

import os
import sys

import pytest

from tests.golden import RECORD

os.environ[RECORD] = "1"
sys.exit(pytest.main(["-q", "tests/golden"]))
