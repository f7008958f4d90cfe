"""The HTTP door for any WSGI server: `waitress-serve wsgi:application`, say.

Bodies are read on that server's threads, so it belongs behind a proxy that buffers whole requests. `scrm up` uses
`rsgi.py`, which needs none.
"""

from scrm.app import create_wsgi

application = create_wsgi()
app = application
