# SPDX-License-Identifier: MIT
"""A registry with one package over HTTP or TLS, and a proxy (CONNECT and plain), on loopback."""
import base64
import gzip
import hashlib
import http.client
import http.server
import io
import json
import socket
import ssl
import tarfile
import threading
import urllib.parse


def pack(name):
    """The tarball of NAME@1.0.0."""
    data = json.dumps({"name": name, "version": "1.0.0"}).encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        member = tarfile.TarInfo("package/package.json")
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


def packument(name, registry):
    """The document of NAME with its one version, as of a registry at that URL."""
    digest = base64.b64encode(hashlib.sha512(pack(name)).digest()).decode()
    tarball = f"{registry}{name}/-/{name.split('/')[-1]}-1.0.0.tgz"
    version = {"name": name, "version": "1.0.0",
               "dist": {"tarball": tarball, "integrity": "sha512-" + digest}}
    document = {"name": name, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
    return json.dumps(document).encode()


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Registry(http.server.ThreadingHTTPServer):
    """`seen`: (path, authorization) of each request. `redirect`: where tarballs are instead."""
    daemon_threads = True

    def __init__(self, context=None, redirect=None, token=None):
        super().__init__(("127.0.0.1", 0), RegistryHandler)
        self.seen, self.redirect, self.token = [], redirect, token
        self.scheme = "https" if context else "http"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True,
                                              do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, host="localhost"):
        return f"{self.scheme}://{host}:{self.server_address[1]}/"

    def handle_error(self, request, client_address):
        pass  # refused handshakes are part of the tests


class RegistryHandler(Quiet):
    def do_GET(self):
        server, path = self.server, urllib.parse.unquote(self.path)
        server.seen.append((path, self.headers.get("authorization")))
        if server.token and self.headers.get("authorization") != f"Bearer {server.token}":
            return self.answer(401)
        if path.endswith(".tgz"):
            if server.redirect:
                return self.answer(302, headers=[("location", server.redirect + path[1:])])
            return self.answer(200, pack(path[1:].split("/-/")[0]))
        registry = f"{server.scheme}://{self.headers['host']}/"
        self.answer(200, packument(path[1:], registry), [("content-type", "application/json")])


class Proxy(http.server.ThreadingHTTPServer):
    """Forwards to loopback whatever name is asked for. `seen`: (method, target, authorization)."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.seen = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, user=""):
        return f"http://{user}127.0.0.1:{self.server_address[1]}/"


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class ProxyHandler(Quiet):
    def note(self):
        self.server.seen.append(
            (self.command, self.path, self.headers.get("proxy-authorization")))

    def do_CONNECT(self):
        self.note()
        upstream = socket.create_connection(("127.0.0.1", int(self.path.rsplit(":", 1)[1])))
        self.send_response(200)
        self.end_headers()
        other = threading.Thread(target=copy, args=(upstream, self.connection), daemon=True)
        other.start()
        copy(self.connection, upstream)
        other.join()
        self.close_connection = True

    def do_GET(self):
        self.note()
        url = urllib.parse.urlsplit(self.path)
        upstream = http.client.HTTPConnection("127.0.0.1", url.port)
        upstream.request("GET", url.path, headers={"host": url.netloc})
        response = upstream.getresponse()
        self.answer(response.status, response.read(), [("content-type", "application/json")])


def server_context(cert, key, client_ca=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context
