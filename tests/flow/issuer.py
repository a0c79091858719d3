#!/usr/bin/env python3
"""A CI-style OIDC issuer on loopback, for tests and for the quick start: it signs any claims, rotates its keys and
misbehaves on demand.  Needs Debian's python3 and python3-cryptography only.

  issuer.py --port N [--host ADDRESS] [--tls-cert FILE --tls-key FILE] [--path /PREFIX] [--max-age S]
prints `issuer URL` when it is ready.  Below that URL:
  GET  /.well-known/openid-configuration, /jwks
  POST /mint?alg=RS256&kid=KID&typ=JWT    body: JSON claims; iss, iat, nbf, exp and jti are filled in when absent;
                                          alg: RS, PS, ES, EdDSA, none, HS256 (the public key as secret)
  POST /rotate[?drop=1]                   new RS256 and ES256 keys, signing from now on; the older two are kept (drop=1: none)
  POST /fault?mode=MODE[&what=discovery]  how /jwks (or discovery) answers from now on: ok 500 slow huge chunked garbage
                                          redirect empty dupkid badkey private wrongtype truncated wrongissuer
  GET  /stats                             how often each document was asked for
  issuer.py --jwks-and-token DIR          no server: write jwks.json and token.jwt (claims from standard input) to DIR
"""
import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import secrets
import ssl
import sys
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

HASH = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVE = {"256": ("P-256", ec.SECP256R1, 32), "384": ("P-384", ec.SECP384R1, 48), "512": ("P-521", ec.SECP521R1, 66)}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64int(n, size=None):
    return b64(n.to_bytes(size or (n.bit_length() + 7) // 8, "big"))


class Key:
    """A private key and the JWK of its public half."""

    def __init__(self, alg):
        self.alg = alg
        self.kid = "%s-%s" % (alg.lower(), secrets.token_hex(4))
        if alg == "RS256":
            self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        elif alg == "EdDSA":
            self.key = ed25519.Ed25519PrivateKey.generate()
        else:
            self.key = ec.generate_private_key(CURVE[alg[2:]][1]())

    def jwk(self):
        out = {"kid": self.kid, "use": "sig"}
        public = self.key.public_key()
        if self.alg == "RS256":
            n = public.public_numbers()
            return {**out, "kty": "RSA", "n": b64int(n.n), "e": b64int(n.e)}
        if self.alg == "EdDSA":
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return {**out, "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": b64(raw)}
        name, _, size = CURVE[self.alg[2:]]
        n = public.public_numbers()
        return {**out, "kty": "EC", "crv": name, "alg": self.alg, "x": b64int(n.x, size), "y": b64int(n.y, size)}

    def sign(self, alg, data):
        if alg == "none":
            return b""
        if alg == "HS256":
            pem = self.key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            return hmac.new(pem, data, hashlib.sha256).digest()
        if alg == "EdDSA":
            return self.key.sign(data)
        md = HASH[alg[2:]]()
        if alg.startswith("RS"):
            return self.key.sign(data, padding.PKCS1v15(), md)
        if alg.startswith("PS"):
            return self.key.sign(data, padding.PSS(padding.MGF1(md), md.digest_size), md)
        size = CURVE[alg[2:]][2]
        r, s = utils.decode_dss_signature(self.key.sign(data, ec.ECDSA(md)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def family(alg):
    """The key that signs: RSA ones sign all of RS, PS, none and HS256."""
    return "RS256" if alg[:2] in ("RS", "PS", "HS") or alg == "none" else alg


class Issuer:
    def __init__(self):
        self.lock = threading.Lock()
        self.url = None
        self.keys = [Key(a) for a in ("RS256", "ES256")]
        self.fault = {"jwks": "ok", "discovery": "ok"}
        self.count = {"discovery": 0, "jwks": 0, "minted": 0, "canary": 0}

    def key_of(self, alg):
        with self.lock:
            for k in self.keys:
                if k.alg == family(alg):
                    return k
            self.keys.append(Key(family(alg)))
            return self.keys[-1]

    def rotate(self, drop):
        fresh = [Key(a) for a in ("RS256", "ES256")]
        with self.lock:
            kept = []
            for k in [] if drop else self.keys:
                if sum(x.alg == k.alg for x in kept) < 2:
                    kept.append(k)
            self.keys = fresh + kept
            return [k.kid for k in self.keys]

    def jwks(self):
        with self.lock:
            return [k.jwk() for k in self.keys]

    def mint(self, claims, alg="RS256", kid=None, typ="JWT"):
        key, now = self.key_of(alg), int(time.time())
        header = {"alg": alg, "kid": key.kid if kid is None else kid, "typ": typ}
        body = {"iss": self.url, "iat": now, "nbf": now - 5, "exp": now + 600, "jti": secrets.token_hex(16), **claims}
        text = b64(json.dumps(header).encode()) + "." + b64(json.dumps(body).encode())
        with self.lock:
            self.count["minted"] += 1
        return text + "." + b64(key.sign(alg, text.encode()))


def broken_set(mode, keys):
    if mode == "dupkid":
        return {"keys": [{**k, "kid": "same"} for k in keys]}
    if mode == "badkey":
        bad = [{"kty": "RSA", "kid": keys[0]["kid"], "n": "AQAB", "e": "AQ"}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "bad"}]
        return {"keys": bad + keys}
    if mode == "private":
        return {"keys": [{**keys[0], "kid": "leaked", "d": "AQAB"}] + keys}
    return {"keys": [] if mode == "empty" else keys}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    issuer, prefix, max_age = None, "", 300

    def log_message(self, *args):
        pass

    def send(self, body, status=200, kind="application/json", extra=None, length=None):
        data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "max-age=%d" % self.max_age)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def chunked(self, chunks):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for c in chunks:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(c), c))
        self.wfile.write(b"0\r\n\r\n")

    def faulty(self, what, doc):
        mode = self.issuer.fault[what]
        text = json.dumps(doc)
        if mode == "500":
            return self.send({"error": "x"}, 500)
        if mode == "slow":
            time.sleep(30)
        if mode == "huge":
            return self.send(" " * 2000000 + text)
        if mode == "chunked":
            return self.chunked(b" " * 65536 for _ in range(400))
        if mode == "garbage":
            return self.send('{"keys":[{')
        if mode == "redirect":
            return self.send("", 302, extra={"Location": self.issuer.url + "/canary"})
        if mode == "wrongtype":
            return self.send(text, kind="text/html")
        if mode == "truncated":
            self.close_connection = True
            return self.send(text, length=len(text) + 100)
        return self.send(text)

    def documents(self, path):
        if path == "/.well-known/openid-configuration":
            self.issuer.count["discovery"] += 1
            url = self.issuer.url + ("/other" if self.issuer.fault["discovery"] == "wrongissuer" else "")
            return self.faulty("discovery", {"issuer": url, "jwks_uri": self.issuer.url + "/jwks",
                "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"]})
        if path == "/jwks":
            self.issuer.count["jwks"] += 1
            return self.faulty("jwks", broken_set(self.issuer.fault["jwks"], self.issuer.jwks()))
        if path == "/canary":  # reached only by a client that follows redirects
            self.issuer.count["canary"] += 1
            return self.send({"keys": self.issuer.jwks()})
        if path == "/stats":
            return self.send(self.issuer.count)
        return self.send({"error": "not found"}, 404)

    def actions(self, path, query, body):
        if path == "/mint":
            options = {k: query[k] for k in ("alg", "kid", "typ") if k in query}
            return self.send(self.issuer.mint(json.loads(body or b"{}"), **options), kind="text/plain")
        if path == "/rotate":
            return self.send(self.issuer.rotate(query.get("drop") == "1"))
        if path == "/fault":
            self.issuer.fault[query.get("what", "jwks")] = query["mode"]
            return self.send(self.issuer.fault)
        return self.send({"error": "not found"}, 404)

    def target(self):
        u = urllib.parse.urlsplit(self.path)
        path = u.path[len(self.prefix):] if u.path.startswith(self.prefix) else ""
        return path, dict(urllib.parse.parse_qsl(u.query))

    def do_GET(self):
        self.documents(self.target()[0])

    def do_POST(self):
        path, query = self.target()
        self.actions(path, query, self.rfile.read(int(self.headers.get("Content-Length", 0))))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, tls):
        super().__init__(address, Handler)
        self.tls = tls

    # The handshake runs on the connection's own thread: a slow peer stops nobody else.
    def finish_request(self, request, client):
        if self.tls is not None:
            request.settimeout(10)
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client)

    def handle_error(self, request, client):
        pass


def write_files(where):
    issuer = Issuer()
    claims = json.load(sys.stdin)
    issuer.url = claims.get("iss", "https://issuer.example.com")
    with open(os.path.join(where, "token.jwt"), "w") as f:
        f.write(issuer.mint(claims) + "\n")
    with open(os.path.join(where, "jwks.json"), "w") as f:
        json.dump({"keys": issuer.jwks()}, f)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--host", default="127.0.0.1")
    p.add_argument("--path", default="")
    p.add_argument("--max-age", type=int, default=300)
    p.add_argument("--tls-cert")
    p.add_argument("--tls-key")
    p.add_argument("--jwks-and-token", metavar="DIR")
    a = p.parse_args()
    if a.jwks_and_token:
        return write_files(a.jwks_and_token)
    tls = None
    if a.tls_cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(a.tls_cert, a.tls_key)
    Handler.issuer, Handler.prefix, Handler.max_age = Issuer(), a.path, a.max_age
    server = Server((a.host, a.port), tls)
    Handler.issuer.url = "%s://%s:%d%s" % ("https" if tls else "http", a.host, server.server_address[1], a.path)
    print("issuer", Handler.issuer.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
