# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for STS, for a container's credential endpoint and for instance metadata, on loopback.

A URL is /KIND/MOOD/CASE/..., KIND being sts, container or metadata. What is answered depends on what was
asked for, so that equal credentials mean equal requests: an access key id is a hash of the request's
parameters, and secret and token can be told from the id. STS checks signatures with botocore's signer.
"""
import datetime
import hashlib
import http.server
import json
import re
import threading
import time
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCOUNT = "111122223333"
EXPIRES = "2126-11-23T01:02:03Z"
PAST = "2020-01-01T00:00:00Z"
STS_XML = """<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{0}Result>
<AssumedRoleUser><Arn>arn:aws:sts::{1}:assumed-role/reader/x</Arn></AssumedRoleUser><Credentials>
<AccessKeyId>{2}</AccessKeyId><SecretAccessKey>{3}</SecretAccessKey><SessionToken>{4}</SessionToken>
<Expiration>{5}</Expiration></Credentials></{0}Result><ResponseMetadata><RequestId>r-1</RequestId>
</ResponseMetadata></{0}Response>"""
ERROR_XML = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>{}</Code><Message>{}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"""


def secret_of(key):
    return "SECRET/" + hashlib.sha256(("s" + key).encode()).hexdigest()[:33]


def token_of(key):
    return "TOKEN+" + hashlib.sha256(("t" + key).encode()).hexdigest() + "=="


def temporary_id(*parts):
    return "ASIA" + hashlib.sha256(repr(parts).encode()).hexdigest()[:16].upper()


def answer_object(key, **others):
    body = {"AccessKeyId": key, "SecretAccessKey": secret_of(key), "Token": token_of(key),
            "Expiration": EXPIRES, "AccountId": ACCOUNT, "Code": "Success", "Type": "AWS-HMAC"}
    body.update(others)
    return {name: value for name, value in body.items() if value is not None}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Clients hang up where they were sent too much."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    lock = threading.Lock()
    seen = {}
    log = []  # (method, path, headers)
    default_kind = None  # of a server on a well-known address, whose URLs have no /KIND/MOOD/CASE

    def log_message(self, *_):
        pass

    def answer(self, status, body="", date=None, headers=()):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response_only(status)
        self.send_header("Date", date or self.date_time_string())
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def times(self):
        """How often this case has asked for this, this time among them."""
        with self.lock:
            key = (self.command, self.path)
            self.seen[key] = self.seen.get(key, 0) + 1
            return self.seen[key]

    def handle_any(self):
        with self.lock:
            self.log.append((self.command, self.path, {n.lower(): v for n, v in self.headers.items()}))
        size = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(size)
        if self.default_kind:
            self.kind, self.mood, self.rest = self.default_kind, "normal", self.path.lstrip("/")
        else:
            _, self.kind, self.mood, _case, self.rest = (self.path + "////").split("/", 4)
        self.rest = self.rest.rstrip("/")
        getattr(self, self.kind)()

    do_GET = do_PUT = do_POST = handle_any

    # STS ------------------------------------------------------------------------------------------
    def signed_right(self):
        """The signature is what botocore's signer makes of this request and the key that it names."""
        given = self.headers.get("Authorization", "")
        match = re.match(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/sts/aws4_request, "
                         r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$", given)
        if not match:
            return False
        key, region, names, signature = match.groups()
        if key.startswith("ASIA") and self.headers.get("X-Amz-Security-Token") != token_of(key):
            return False
        if self.headers.get("X-Amz-Security-Token") and "x-amz-security-token" not in names:
            return False
        request = AWSRequest("POST", "http://" + self.headers["Host"] + self.path, data=self.body)
        for name in names.split(";"):
            request.headers[name] = self.headers[name]
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = SigV4Auth(Credentials(key, secret_of(key)), "sts", region)
        canonical = signer.canonical_request(request)
        return signer.signature(signer.string_to_sign(request, canonical), request) == signature

    def sts_error(self, status, code, message="", date=None):
        self.answer(status, ERROR_XML.format(code, message), date)

    def sts(self):
        form = dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))
        action = form.get("Action", "")
        server_time = time.time() + (7200 if self.mood == "ahead" else 0)
        date = self.date_time_string(server_time)
        if form.get("Version") != "2011-06-15" or "RoleArn" not in form or \
                not self.headers["Content-Type"].startswith("application/x-www-form-urlencoded"):
            return self.sts_error(400, "ValidationError", "this is no request")
        if action == "AssumeRole":
            if not self.signed_right():
                return self.sts_error(403, "SignatureDoesNotMatch", "the stand-in says so")
            stamp = datetime.datetime.strptime(self.headers["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
            if abs(stamp.timestamp() - server_time) > 900:
                return self.sts_error(403, "SignatureDoesNotMatch", "Signature expired", date)
            caller = re.search("Credential=([^/]+)", self.headers["Authorization"]).group(1)
        elif action == "AssumeRoleWithWebIdentity" and "Authorization" not in self.headers:
            caller = form.get("WebIdentityToken")
        else:
            return self.sts_error(400, "InvalidAction", "of " + action)
        moods = {"throttled": (2, 400, "Throttling"), "unavailable": (1, 503, "ServiceUnavailable"),
                 "idp": (1, 400, "IDPCommunicationError"), "down": (99, 500, "InternalFailure"),
                 "denied": (99, 403, "AccessDenied"), "echo": (99, 403, "SignatureDoesNotMatch")}
        often, status, code = moods.get(self.mood, (0, 0, ""))
        if self.times() <= often:
            words = "may not: " + action
            if self.mood == "echo":
                token = self.headers.get("X-Amz-Security-Token") or form.get("WebIdentityToken")
                words = "no match\nx-amz-security-token:%s and %s" % (token, token)
            return self.sts_error(status, code, words)
        if self.mood == "garbage":
            return self.answer(200, "<AssumeRoleResponse>")
        if self.mood == "huge":
            return self.answer(200, b"<a>" + b"x" * (8 << 20))
        if self.mood == "no_keys":
            return self.answer(200, "<%sResponse/>" % action)
        name = form.get("RoleSessionName", "")
        if re.fullmatch(r"(logintrail|botocore-session)-\d+", name):
            name = "DEFAULT"
        key = temporary_id(action, caller, form["RoleArn"], name, form.get("ExternalId"),
                           form.get("DurationSeconds"))
        expires = PAST if self.mood == "expired" else EXPIRES
        return self.answer(200, STS_XML.format(action, ACCOUNT, key, secret_of(key), token_of(key),
                                               expires), date)

    # A container's endpoint -----------------------------------------------------------------------
    def container(self):
        often = {"flaky": 2, "down": 99}.get(self.mood, 0)
        if self.times() <= often:
            return self.answer(500, "TOKEN of nobody")
        if self.mood == "redirect":
            return self.answer(302, "", headers=[("Location", "/container/normal/x/")])
        if self.mood == "not_found":
            return self.answer(404, "none")
        if self.mood == "garbage":
            return self.answer(200, "[SECRET")
        if self.mood == "huge":
            return self.answer(200, b'{"a":"' + b"x" * (8 << 20) + b'"}')
        if self.mood == "slow":
            time.sleep(4)
        key = temporary_id("container", self.headers.get("Authorization"), self.rest)
        others = {"never": {"Expiration": None}, "hostile": {"Token": "a\r\nb"}}
        return self.answer(200, json.dumps(answer_object(key, **others.get(self.mood, {}))))

    # Instance metadata ----------------------------------------------------------------------------
    def metadata(self):
        if self.command == "PUT":
            return self.metadata_token()
        given = self.headers.get("X-aws-ec2-metadata-token")
        if self.mood == "slow":
            time.sleep(1.5)
        version_1 = self.mood in ("version_1", "version_1_forbidden")
        if given != (None if version_1 else "mt-1") or self.mood == "forbidden":
            return self.answer(403 if self.mood == "forbidden" else 401)
        if self.mood == "token_ends" and self.times() == 1:
            return self.answer(401)
        if self.mood == "unavailable_once" and self.times() == 1:
            return self.answer(503)
        if self.mood == "no_role":
            return self.answer(404)
        if self.rest == "latest/meta-data/iam/security-credentials":
            names = {"hostile": "../../x", "empty": "", "line": "reader\n"}
            return self.answer(200, names.get(self.mood, "reader"))
        if self.rest != "latest/meta-data/iam/security-credentials/reader":
            return self.answer(404)
        if self.mood == "garbage":
            return self.answer(200, "{SECRET")
        if self.mood == "refused":
            return self.answer(200, json.dumps({"Code": "AssumeRoleUnauthorizedAccess", "Message": "SECRET"}))
        key = temporary_id("metadata")
        others = {"no_token": {"Token": None}, "stale": {"Expiration": PAST}}
        return self.answer(200, json.dumps(answer_object(key, **others.get(self.mood, {}))))

    def metadata_token(self):
        if self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") != "21600":
            return self.answer(400)
        if self.mood in ("version_1", "version_1_forbidden"):
            return self.answer(404 if self.mood == "version_1" else 403)
        if self.mood == "bad_token":
            return self.answer(200, "a\r\nX: b")
        if self.mood == "token_unavailable" and self.times() == 1:
            return self.answer(503)
        if self.mood == "token_refused":
            return self.answer(400)
        return self.answer(200, "mt-1")


class ContainerHandler(Handler):
    default_kind = "container"


class MetadataHandler(Handler):
    default_kind = "metadata"


def start(address, port, handler=Handler):
    """The port; OSError where there is no such address."""
    server = Server((address, port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port
