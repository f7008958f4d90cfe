"""The HTTP door: `granian --interface wsgi wsgi:app`."""

import os
import signal

from scrm.app import create_wsgi
from scrm.runtime.child import die_with_parent

if os.environ.get("SCRM_SUPERVISED") == "1":
    # Granian's worker process must not hold the port when its master was killed and is started again.
    die_with_parent(signal.SIGKILL)

app = create_wsgi()
