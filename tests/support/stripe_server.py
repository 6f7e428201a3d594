"""A small fake of Stripe on loopback: the calls that we make, with state, idempotency, and faults on demand.

Its answers follow Stripe's API reference; tests check that it uses only fields, and that we send only parameters, that
the official library knows.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]


class Refusal(Exception):
    """A response with an error object."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class StripeServer:
    """Its state, by kind and id; tests read it and act as payer and bank through it."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Json]] = {}
        self.calls: list[tuple[str, str, Json, dict[str, str]]] = []
        self.drop_answers_to: list[str] = []
        """Paths whose next answer is lost after the work was done."""
        self.fail: list[str] = []
        """Paths whose next call fails with a server error before anything is done."""
        self._answers: dict[str, tuple[Json, int, Json]] = {}
        self._ids = itertools.count(1)
        self.url = ""

    def all(self, kind: str) -> dict[str, Json]:
        return self.objects.setdefault(kind, {})

    def one(self, kind: str) -> Json:
        """The only object of its kind."""
        (found,) = self.all(kind).values()
        return found

    def new(self, kind: str, prefix: str, **fields: Any) -> Json:
        made = {"id": f"{prefix}_{next(self._ids)}", "object": kind, "livemode": False, **fields}
        self.all(kind)[made["id"]] = made
        return made

    def pay(self, *, settled: bool = True) -> Json:
        """Pay the only open checkout; `settled` False: by a pending bank debit."""
        session = self.one("checkout.session")
        intent = self.new(
            "payment_intent", "pi", amount=session["amount_total"], currency=session["currency"],
            status="succeeded" if settled else "processing", latest_charge=None, metadata=session["metadata"],
        )  # fmt: skip
        if settled:
            intent["latest_charge"] = self.new("charge", "ch", payment_intent=intent["id"], amount=intent["amount"])[
                "id"
            ]
        session.update(status="complete", payment_status="paid" if settled else "unpaid", url=None)
        session["payment_intent"] = intent["id"]
        return session

    def answer(self, method: str, path: str, params: Json, headers: dict[str, str]) -> tuple[int, Json]:
        """Answer as Stripe would, identically for the same idempotency key."""
        self.calls.append((method, path, params, headers))
        if path in self.fail:
            self.fail.remove(path)
            return 500, {"error": {"type": "api_error", "message": "Something went wrong on our end."}}
        key = headers.get("idempotency-key", "")
        if method == "POST" and key in self._answers:
            before, status, body = self._answers[key]
            if before != params:
                message = "Keys for idempotent requests can only be used with the same parameters."
                return 400, {"error": {"type": "idempotency_error", "message": message}}
            return status, body
        try:
            status, body = 200, self._route(method, path.split("/")[2:], params, headers)
        except Refusal as refusal:
            status = refusal.status
            body = {"error": {"type": "invalid_request_error", "code": refusal.code, "message": str(refusal)}}
        if method == "POST" and key:
            self._answers[key] = (params, status, body)
        return status, body

    def _route(self, method: str, parts: list[str], params: Json, headers: dict[str, str]) -> Json:
        match method, parts:
            case "POST", ["checkout", "sessions"]:
                return self._new_session(params)
            case "GET", ["checkout", "sessions", reference]:
                return self._expanded(self._get("checkout.session", reference), params)
            case "POST", ["transfers"]:
                return self._new_transfer(params)
            case "POST", ["refunds"]:
                return self._new_refund(params)
            case "POST", ["payouts"]:
                account = headers["stripe-account"]
                _demand_amount(params["amount"], params["currency"], is_payout=True)
                return self.new("payout", "po", **_amount(params), status="pending", metadata=params["metadata"],
                                failure_message=None, destination=f"ba_{account}")  # fmt: skip
            case "POST", ["accounts"]:
                return self.new(
                    "account", "acct", email=params["email"], details_submitted=False, payouts_enabled=False,
                    capabilities={"transfers": "inactive"},
                    requirements={"currently_due": ["external_account", "individual.dob.day", "individual.dob.year"]},
                )  # fmt: skip
            case "POST", ["account_links"]:
                return {
                    "object": "account_link",
                    "created": 1,
                    "expires_at": 2,
                    "url": "https://connect.stripe.com/setup/1",
                }
            case "POST", ["accounts", reference, "login_links"]:
                self._get("account", reference)
                return {"object": "login_link", "created": 1, "url": "https://connect.stripe.com/express/1"}
            case "GET", [plural, reference]:
                return self._get(plural.removesuffix("s"), reference)
            case "GET", [plural]:
                return self._list(plural, params)
            case _:
                raise Refusal(404, "url_invalid", f"Unrecognized request URL ({method}: {parts}).")

    def _get(self, kind: str, reference: str) -> Json:
        if found := self.all(kind).get(reference):
            return found
        raise Refusal(404, "resource_missing", f"No such {kind}: '{reference}'")

    def _expanded(self, session: Json, params: Json) -> Json:
        if "payment_intent" in params.get("expand", {}).values() and session["payment_intent"]:
            return {**session, "payment_intent": self._get("payment_intent", session["payment_intent"])}
        return session

    def _list(self, plural: str, params: Json) -> Json:
        wanted = {name: value for name, value in params.items() if name in ("transfer_group", "payment_intent")}
        found = [one for one in self.all(plural.removesuffix("s")).values() if wanted.items() <= one.items()]
        return {"object": "list", "data": found, "has_more": False, "url": f"/v1/{plural}"}

    def _new_session(self, params: Json) -> Json:
        price = params["line_items"]["0"]["price_data"]
        _demand_amount(price["unit_amount"], price["currency"])
        session = self.new(
            "checkout.session", "cs_test", mode=params["mode"], status="open", payment_status="unpaid",
            client_reference_id=params["client_reference_id"], metadata=params["metadata"], payment_intent=None,
            amount_total=int(price["unit_amount"]), currency=price["currency"], url=None,
            success_url=params["success_url"], cancel_url=params["cancel_url"],
        )  # fmt: skip
        session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}"
        return session

    def _new_transfer(self, params: Json) -> Json:
        account = self._get("account", params["destination"])
        _demand_amount(params["amount"], params["currency"])
        if account["capabilities"]["transfers"] != "active":
            message = (
                "Your destination account needs to have at least one of the following capabilities enabled: transfers."
            )
            raise Refusal(400, "insufficient_capabilities_for_transfer", message)
        charge = self._get("charge", params["source_transaction"])
        sent = sum(one["amount"] for one in self.all("transfer").values() if one["source_transaction"] == charge["id"])
        if sent + int(params["amount"]) > charge["amount"]:
            raise Refusal(400, "balance_insufficient", "You have insufficient funds in your Stripe account.")
        return self.new(
            "transfer", "tr", **_amount(params), destination=account["id"], transfer_group=params["transfer_group"],
            source_transaction=charge["id"], metadata=params["metadata"], reversed=False,
        )  # fmt: skip

    def _new_refund(self, params: Json) -> Json:
        intent = self._get("payment_intent", params["payment_intent"])
        _demand_amount(params["amount"], intent["currency"])
        back = sum(one["amount"] for one in self.all("refund").values() if one["payment_intent"] == intent["id"])
        if back + int(params["amount"]) > intent["amount"]:
            raise Refusal(400, "charge_already_refunded", "This charge has already been refunded.")
        return self.new(
            "refund", "re", amount=int(params["amount"]), currency=intent["currency"], payment_intent=intent["id"],
            metadata=params["metadata"], status="succeeded", failure_reason=None,
        )  # fmt: skip


DIVISIBLE = {**dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 10), "isk": 100, "ugx": 100}
"""Divisors that Stripe requires of amounts, from docs.stripe.com/currencies; 1 by default."""
PAYOUTS_DIVISIBLE = {**DIVISIBLE, "huf": 100, "twd": 100}


def _demand_amount(amount: str, currency: str, *, is_payout: bool = False) -> None:
    divisor = (PAYOUTS_DIVISIBLE if is_payout else DIVISIBLE).get(currency, 1)
    if int(amount) < 1:
        raise Refusal(400, "parameter_invalid_integer", "This value must be greater than or equal to 1.")
    if int(amount) % divisor:
        raise Refusal(400, "parameter_invalid_integer", f"Invalid amount: {currency} must be divisible by {divisor}.")


def _amount(params: Json) -> Json:
    return {"amount": int(params["amount"]), "currency": params["currency"]}


def nested(text: str) -> Json:
    """Decode Stripe's form encoding: a[b][0]=c is {"a": {"b": {"0": "c"}}}."""
    found: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *path, last = name.replace("]", "").split("[")
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found


def _handler(server: StripeServer, lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            address, body = urlsplit(self.path), self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                status, answer = server.answer(self.command, address.path, nested(body or address.query), headers)
            if address.path in server.drop_answers_to:
                self.close_connection = True
                return
            payload = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = _handle  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    return Handler


@contextmanager
def running_stripe() -> Generator[StripeServer]:
    """Run the server on its own port during the block."""
    server = StripeServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server, threading.Lock()))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
