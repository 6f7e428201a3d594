"""`python -m bench.serve MODULE:APP PORT`: any WSGI application as one web process of the product serves it."""

from __future__ import annotations

import importlib
import socket
import sys

from marketplace.serving.worker import server_for

MODULE, _, NAME = sys.argv[1].partition(":")

if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", int(sys.argv[2])), backlog=2048)
    server_for(getattr(importlib.import_module(MODULE), NAME), limit=2**24).run(sockets=[listener])
