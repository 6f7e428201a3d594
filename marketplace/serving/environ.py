"""Build the WSGI environment of an ASGI request."""

from __future__ import annotations

import sys
from typing import IO, Any
from urllib.parse import unquote_to_bytes

NOT_PASSED_ON = {b"content-length", b"content-type", b"transfer-encoding", b"proxy"}


def environ_of(scope: dict[str, Any], body: IO[bytes], size: int) -> dict[str, Any]:
    """The keys required by PEP 3333; `body` is complete and `size` bytes long."""
    host, port = scope["server"] or ("localhost", 80)
    client = scope["client"] or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if size:
        environ["CONTENT_LENGTH"] = str(size)
    for name, value in scope["headers"]:
        if name == b"content-type":
            environ["CONTENT_TYPE"] = value.decode("latin1")
        if name in NOT_PASSED_ON or b"_" in name:
            continue
        key = "HTTP_" + name.decode("latin1").upper().replace("-", "_")
        text = value.decode("latin1")
        glue = "; " if name == b"cookie" else ","
        environ[key] = environ[key] + glue + text if key in environ else text
    return environ
