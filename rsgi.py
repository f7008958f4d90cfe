"""The HTTP door: `granian --interface rsgi --http 1 rsgi:app`."""

import os
import resource
import signal
import sys

from scrm.app import create_rsgi
from scrm.runtime.child import die_with_parent
from scrm.runtime.programs import CONNECTIONS

if os.environ.get("SCRM_SUPERVISED") == "1":
    # Granian's worker process must not hold the port when its master was killed and is started again.
    die_with_parent(signal.SIGKILL)

# A connection is a file; systems begin with 1,024, and out of them nobody is let in.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
_wanted = 2 * CONNECTIONS if _hard == resource.RLIM_INFINITY else min(2 * CONNECTIONS, _hard)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(_soft, _wanted) if _soft != resource.RLIM_INFINITY else _soft, _hard))

# A callback needs the interpreter some ten times; each time all threads of the console may stand before it.
sys.setswitchinterval(0.001)

app = create_rsgi()
