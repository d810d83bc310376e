# SPDX-License-Identifier: MIT
"""nginx with the one-package registry of servers.py over TLS, HTTP/1.1 and HTTP/2, on loopback."""
import os
import shutil
import socket
import subprocess
import tempfile
import time

from servers import pack, packument

CONFIG = """
daemon off;
master_process off;
{user}
pid {dir}/pid;
error_log {dir}/errors;
events {{ worker_connections 256; }}
http {{
    log_format seen '$server_protocol $connection $uri';
    access_log {dir}/seen seen;
    client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
    uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {cert};
        ssl_certificate_key {key};
        location ~ [.]tgz$ {{ root {dir}/tarballs; }}
        location / {{ root {dir}/metadata; default_type application/json; }}
    }}
}}
"""


def program():
    """nginx, or None; it stands where only root looks for programs."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    def __init__(self, cert, key, names=("a",)):
        self.dir = tempfile.mkdtemp()
        for _ in range(5):  # somebody may take the port before nginx does
            self.port = free_port()
            self.write_files(cert, key, names)
            self.process = subprocess.Popen(
                [program(), "-c", f"{self.dir}/conf", "-p", self.dir, "-e", f"{self.dir}/errors"],
                stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self.is_up():
                return
            self.process.wait()
        with open(f"{self.dir}/errors", encoding="utf-8") as file:
            raise RuntimeError("nginx does not start: " + file.read())

    def url(self):
        return f"https://localhost:{self.port}/"

    def write_files(self, cert, key, names):
        user = "user root;" if os.geteuid() == 0 else ""
        with open(f"{self.dir}/conf", "w", encoding="utf-8") as file:
            file.write(CONFIG.format(dir=self.dir, port=self.port, cert=cert, key=key, user=user))
        os.makedirs(f"{self.dir}/metadata", exist_ok=True)
        for name in names:
            os.makedirs(f"{self.dir}/tarballs/{name}/-", exist_ok=True)
            with open(f"{self.dir}/tarballs/{name}/-/{name}-1.0.0.tgz", "wb") as file:
                file.write(pack(name))
            with open(f"{self.dir}/metadata/{name}", "wb") as file:
                file.write(packument(name, self.url()))

    def is_up(self):
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return True
            except ConnectionRefusedError:
                time.sleep(0.01)
        return False

    def seen(self):
        """(protocol, number of the connection, path) of each request so far. It is written when
        the request has ended, which the client may see first."""
        self.process.terminate()
        self.process.wait()
        with open(f"{self.dir}/seen", encoding="utf-8") as file:
            return [tuple(line.split()) for line in file]

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.dir)
