#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A stand-in for the parts of GitHub's and GitLab's REST APIs that `phasebench comment` uses.

fake_hosting.py PORT_FILE CONFIG_JSON: listens on 127.0.0.1, writes its port to PORT_FILE and ends
when its standard input is closed. CONFIG_JSON, all optional:
  host      "github" (default) or "gitlab"
  token     what requests must bring; others get 401
  login     who the token is; null: an installation's token, 403 on /user
  read_only writes get 403, as with the token of a fork's job
  head      commit of the pull request's head
  others    comments that are there already: [[author, body, how many], ...]
  limit     requests until the hourly limit; it ends reset_s seconds later
  faults    [{"method", "path" (part of it), "status", "headers", "message", "times", "done"}, ...]:
            answers of the first matching requests; status 0 closes the connection, "done": true
            does the work before
Limits that always hold: bodies of 65,536 characters (GitHub) or 1,000,000 (GitLab), 100 a page.
GET /_state gives all comments and a log of the requests.
"""
import json
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

REPO, NUMBER, PAGE_MAX = "owner/name", 12, 100


class Hosting:
    def __init__(self, config):
        self.config = config
        self.gitlab = config.get("host") == "gitlab"
        self.comments, self.log, self.next_id = [], [], 1000
        self.faults = [dict(f) for f in config.get("faults", [])]
        self.requests, self.reset_at = 0, 0
        for author, body, count in config.get("others", []):
            for _ in range(count):
                self.add(author, body)

    def add(self, author, body):
        user = {"username": author} if self.gitlab else {"login": author}
        comment = {"id": self.next_id, "body": body, "author" if self.gitlab else "user": user}
        self.next_id += 1
        self.comments.append(comment)
        return comment

    def max_body(self):
        return 1000000 if self.gitlab else 65536

    def writer(self):
        return self.config.get("login") or "github-actions[bot]"

    def fault_of(self, method, path):
        for fault in self.faults:
            if fault.get("times", 1) > 0 and fault.get("method", method) == method \
                    and fault.get("path", "") in path:
                fault["times"] = fault.get("times", 1) - 1
                return fault
        return None

    def over_limit(self):
        limit = self.config.get("limit")
        if limit is None:
            return False
        if self.requests == limit:
            self.reset_at = int(time.time()) + self.config.get("reset_s", 1)
        self.requests += 1
        return self.requests > limit and time.time() < self.reset_at

    def answer(self, method, path, query, body):
        """Status, document, whether a further page is there."""
        if path == "/user":
            if self.config.get("login") is None and not self.gitlab:
                return 403, {"message": "Resource not accessible by integration"}, False
            key = "username" if self.gitlab else "login"
            return 200, {key: self.writer()}, False
        if self.gitlab:
            base = f"/projects/{REPO}/merge_requests/{NUMBER}"
            notes, one = base + "/notes", base + r"/notes/(\d+)"
            pull, head = base, {"sha": self.config.get("head")}
        else:
            pull, head = f"/repos/{REPO}/pulls/{NUMBER}", {"head": {"sha": self.config.get("head")}}
            notes = f"/repos/{REPO}/issues/{NUMBER}/comments"
            one = rf"/repos/{REPO}/issues/comments/(\d+)"
        if method == "GET" and path == pull:
            return 200, head, False
        if method == "GET" and path == notes:
            return self.page(query)
        update = "PUT" if self.gitlab else "PATCH"
        match = re.fullmatch(one, path)
        if (method == "POST" and path == notes) or (method == update and match):
            return self.write(body, match and int(match.group(1)))
        return 404, {"message": "Not Found"}, False

    def page(self, query):
        size = min(int(query.get("per_page", ["30"])[0]), PAGE_MAX)
        first = (int(query.get("page", ["1"])[0]) - 1) * size
        return 200, self.comments[first:first + size], first + size < len(self.comments)

    def write(self, body, comment_id):
        if self.config.get("read_only"):
            return 403, {"message": "Resource not accessible by integration"}, False
        text = json.loads(body)["body"]
        if len(text) > self.max_body():
            return 422, {"message": "Validation Failed"}, False
        if comment_id is None:
            return 201, self.add(self.writer(), text), False
        for comment in self.comments:
            if comment["id"] == comment_id:
                comment["body"] = text
                return 200, comment, False
        return 404, {"message": "Not Found"}, False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, document, headers=None):
        data = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)),
                            **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def handle_one(self):
        hosting, lock = self.server.hosting, self.server.lock
        url = urlsplit(self.path)
        path, query = unquote(url.path), parse_qs(url.query)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with lock:
            if path == "/_state":
                self.send(200, {"comments": hosting.comments, "log": hosting.log})
                return
            self.respond(hosting, path, query, body)

    def token_is_right(self, hosting):
        name = "PRIVATE-TOKEN" if hosting.gitlab else "Authorization"
        expected = hosting.config.get("token", "")
        return self.headers.get(name) == (expected if hosting.gitlab else "Bearer " + expected)

    def respond(self, hosting, path, query, body):
        status, document, headers = 0, None, {}
        fault = hosting.fault_of(self.command, path)
        if not self.token_is_right(hosting):
            status, document = 401, {"message": "Bad credentials"}
        elif hosting.over_limit():
            status, document = 403, {"message": "API rate limit exceeded"}
            headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(hosting.reset_at)}
        elif fault:
            if fault.get("done"):
                hosting.answer(self.command, path, query, body)
            status, headers = fault.get("status", 500), fault.get("headers", {})
            document = {"message": fault.get("message", "fault")}
        else:
            status, document, more = hosting.answer(self.command, path, query, body)
            if more:
                page = int(query.get("page", ["1"])[0])
                headers = {"Link": f'<http://elsewhere.example/?page={page + 1}>; rel="next"'}
        hosting.log.append({"method": self.command, "path": path, "status": status})
        if status:
            self.send(status, document, headers)
        else:
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_PUT = handle_one


def main():
    port_file, config = sys.argv[1], json.loads(sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.hosting, server.lock = Hosting(config), threading.Lock()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(port_file + ".part", "w") as out:
        out.write(str(server.server_address[1]))

    os.rename(port_file + ".part", port_file)
    sys.stdin.read()


main()
