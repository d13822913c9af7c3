"""The cloud's HTTP server: every AWS request is authenticated and authorized, and moto answers it, with our operations
added."""

import io
import signal
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

from . import authorization, errors, instances, internal, rights, settings, signature, web_identity

# What moto is extended with; a module takes its place in moto when it is loaded.
EXTENSIONS = ("ec2", "ecr", "eks_access", "eks_addons", "eks_cluster", "msk", "msk_configurations", "rds", "s3")
for _name in EXTENSIONS:
    import_module(f".{_name}", __package__)

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
# moto's own pages would change its state without asking who is there.
HIDDEN = ("/moto-api", "/latest/meta-data", "/latest/api", "/favicon.ico")

moto = DomainDispatcherApplication(create_backend_app)


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """The WSGI application."""
    body = _read(environ)
    path, headers = environ["PATH_INFO"], _headers(environ)
    if path.startswith("/_sandbox/"):
        return _send(
            start_response, internal.answer(environ["REQUEST_METHOD"], path, environ["QUERY_STRING"], headers, body)
        )
    if path.startswith(HIDDEN):
        return _send(start_response, (404, {"Content-Type": "text/plain"}, b"no such path\n"))
    request = signature.Request(
        environ["REQUEST_METHOD"], f"https://{headers.get('host', '')}{environ['RAW_URI']}", headers, body
    )
    try:
        _admit(environ, request)
        return moto(environ, start_response)
    except errors.Refusal as refusal:
        why = refusal
    except NotImplementedError as missing:  # moto's word for it; as an error of the server it would be tried for ever
        why = errors.Refusal("missing", str(missing))
    status, answer, text = errors.render(why, errors.protocol(signature.service_of(request), headers))
    return _send(start_response, (status, answer, b"" if request.method == "HEAD" else text))


def _admit(environ: dict[str, Any], request: signature.Request) -> None:
    """Finds out who has signed a request, and in whose name moto answers it; what he may do is asked when moto knows
    what he wants. Raises Refusal."""
    authorization.current.set(None)
    if web_identity.meant(request):
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = web_identity.admit(request)
        return
    key = signature.authenticate(request)
    environ["HTTP_X_MOTO_ACCOUNT_ID"] = key.account
    # The gateway, which is the only way in, takes no AWS request without TLS.
    secure = request.headers.get("x-forwarded-proto", "https") == "https"
    authorization.current.set(authorization.Caller(key, rights.facts_of(key, secure)))


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return headers


def _read(environ: dict[str, Any]) -> bytes:
    """Takes the whole body, whose signature is checked, and puts it back for moto."""
    if environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read()
    else:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True})
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def _send(start_response: Callable, answer: tuple[int, dict[str, str], bytes]) -> list[bytes]:
    status, headers, body = answer
    start_response(f"{status} {REASONS.get(status, 'Error')}", [*headers.items(), ("Content-Length", str(len(body)))])
    return [body]


def _end(_signal: int, _frame: Any) -> None:
    instances.stop_all()
    sys.exit(0)


def main() -> None:
    """Serves until it is told to end."""
    settings.RUN.mkdir(parents=True, exist_ok=True)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, _end)
    run_simple(
        settings.LISTEN_HOST, int(settings.LISTEN_PORT), application, threaded=True, request_handler=MotoRequestHandler
    )


if __name__ == "__main__":
    main()
