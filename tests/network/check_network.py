# SPDX-License-Identifier: MIT
"""check_network.py PLUMB: TLS, HTTP/2, client certificates, proxies, tokens and redirects, each with an
install from a server on loopback. Certificates are made by openssl for the run."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import nginx
from servers import Proxy, Registry, server_context

PLUMB = os.path.abspath(sys.argv.pop(1))


def make_certificates(folder):
    """ca.pem, and server.pem and client.pem that it signed, with their keys."""
    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test ca",
            "-keyout", "ca.key", "-out", "ca.pem")
    for name in "server", "client":
        with open(f"{folder}/{name}.ext", "w", encoding="utf-8") as ext:
            ext.write("subjectAltName=DNS:localhost,DNS:registry.example,IP:127.0.0.1\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certs = tempfile.mkdtemp()
        make_certificates(cls.certs)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.certs)

    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.dir)

    def cert(self, name):
        return f"{self.certs}/{name}"

    def pem(self, name):
        """As npm wants it in an .npmrc: one line in quotes."""
        with open(self.cert(name), encoding="utf-8") as file:
            return json.dumps(file.read())

    def tls_registry(self, **options):
        context = server_context(self.cert("server.pem"), self.cert("server.key"), **options)
        return Registry(context)

    def install(self, npmrc, package="a", args=(), **env):
        """One package, or several, into a fresh project; returns the finished process."""
        project = tempfile.mkdtemp(dir=self.dir)
        with open(f"{project}/package.json", "w", encoding="utf-8") as file:
            names = [package] if isinstance(package, str) else package
            json.dump({"name": "p", "dependencies": dict.fromkeys(names, "1.0.0")}, file)
        with open(f"{project}/.npmrc", "w", encoding="utf-8") as file:
            file.write("\n".join(["fetch-retries=0", *npmrc]) + "\n")
        self.project = project
        clean = {"PATH": "/usr/bin:/bin", "HOME": project, "PLUMB_STORE": f"{project}/store",
                 "PLUMB_CACHE": f"{project}/cache", **env}
        return subprocess.run([PLUMB, "install", *args], cwd=project, env=clean, timeout=60,
                              capture_output=True, text=True, check=False)

    def assert_installed(self, done, package="a"):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.path.exists(f"{self.project}/node_modules/{package}/package.json"))

    def assert_refused(self, done, text):
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(text, done.stderr)

    def test_tls_certificates_are_verified(self):
        registry = f"registry={self.tls_registry().url()}"
        self.assert_refused(self.install([registry]), "set cafile")
        self.assert_installed(self.install([registry, f"cafile={self.cert('ca.pem')}"]))
        self.assert_installed(self.install([registry, f"ca={self.pem('ca.pem')}"]))
        self.assert_installed(
            self.install([registry, f"ca[]={self.pem('client.pem')}", f"ca[]={self.pem('ca.pem')}"]))
        self.assert_refused(self.install([registry, f"ca={self.pem('client.pem')}"]), "set cafile")
        self.assert_installed(self.install([registry, "strict-ssl=false"]))
        self.assert_installed(
            self.install([], npm_config_registry=registry.split("=")[1],
                         npm_config_cafile=self.cert("ca.pem")))

    def protocols(self, npmrc, args=(), **env):
        """The protocols and the number of connections of an install of three packages."""
        names = "a", "b", "c"
        server = nginx.Nginx(self.cert("server.pem"), self.cert("server.key"), names)
        self.addCleanup(server.close)
        lines = [f"registry={server.url()}", f"cafile={self.cert('ca.pem')}", *npmrc]
        self.assert_installed(self.install(lines, package=names, args=args, **env), package="c")
        seen = server.seen()
        self.assertEqual(len(seen), 2 * len(names))
        return {protocol for protocol, _, _ in seen}, len({number for _, number, _ in seen})

    @unittest.skipUnless(nginx.program(), "no nginx: ./dev setup server")
    def test_http2_is_spoken_where_it_is_asked_for(self):
        one = ({"HTTP/2.0"}, 1)
        self.assertEqual(self.protocols([])[0], {"HTTP/1.1"})
        self.assertEqual(self.protocols(["http2=true"]), one)
        self.assertEqual(self.protocols([], npm_config_http2="true"), one)
        self.assertEqual(self.protocols([], args=["--http2"]), one)
        self.assertEqual(self.protocols(["http2=true"], args=["--no-http2"])[0], {"HTTP/1.1"})

    def test_http2_falls_back(self):
        """A server that speaks HTTP/1.1 alone, with TLS and without."""
        tls = self.tls_registry()
        self.assert_installed(self.install(
            [f"registry={tls.url()}", f"cafile={self.cert('ca.pem')}", "http2=true"]))
        self.assert_installed(self.install([f"registry={Registry().url()}", "http2=true"]))

    def test_tls_host_names_are_verified(self):
        context = server_context(self.cert("server.pem"), self.cert("server.key"))
        url = Registry(context).url("127.0.0.2").replace("127.0.0.2", "ip6-localhost")
        done = self.install([f"registry={url}", f"cafile={self.cert('ca.pem')}"])
        self.assertEqual(done.returncode, 1)

    def test_client_certificate(self):
        registry = f"registry={self.tls_registry(client_ca=self.cert('ca.pem')).url()}"
        ca = f"cafile={self.cert('ca.pem')}"
        self.assertEqual(self.install([registry, ca]).returncode, 1)
        self.assert_installed(self.install(
            [registry, ca, f"cert={self.pem('client.pem')}", f"key={self.pem('client.key')}"]))

    def test_client_certificate_of_a_host(self):
        registry = self.tls_registry(client_ca=self.cert('ca.pem')).url()
        lines = [f"registry={registry}", f"cafile={self.cert('ca.pem')}"]
        place = registry.split(":", 1)[1]
        own = [f"{place}:certfile={self.cert('client.pem')}",
               f"{place}:keyfile={self.cert('client.key')}"]
        other = [line.replace("//", "//other.example/", 1) for line in own]
        self.assert_installed(self.install(lines + own))
        self.assertEqual(self.install(lines + other).returncode, 1)
        self.assertEqual(self.install(lines + own[:1]).returncode, 1)

    def test_https_proxy_is_a_tunnel(self):
        proxy, registry = Proxy(), self.tls_registry()
        url = registry.url("registry.example")
        done = self.install([f"registry={url}", f"cafile={self.cert('ca.pem')}",
                             f"https-proxy={proxy.url('user:pass%40word@')}"])
        self.assert_installed(done)
        self.assertEqual({seen[0] for seen in proxy.seen}, {"CONNECT"})
        self.assertTrue(all(seen[1].startswith("registry.example:") for seen in proxy.seen))
        self.assertEqual({seen[2] for seen in proxy.seen}, {"Basic dXNlcjpwYXNzQHdvcmQ="})

    def test_http_proxy(self):
        proxy, registry = Proxy(), Registry()
        url = registry.url("registry.example")
        self.assert_installed(self.install([f"registry={url}", f"proxy={proxy.url()}"]))
        self.assertEqual({seen[0] for seen in proxy.seen}, {"GET"})
        self.assert_installed(
            self.install([f"registry={url}"], HTTP_PROXY=proxy.url(), http_proxy=proxy.url()))

    def test_noproxy_goes_straight(self):
        proxy, registry = Proxy(), Registry()
        url = registry.url("localhost")
        self.assert_installed(
            self.install([f"registry={url}", f"proxy={proxy.url()}", "noproxy=localhost,x.example"]))
        self.assertEqual(proxy.seen, [])

    def test_tokens_stay_with_their_place(self):
        elsewhere = Registry()
        registry = Registry(token="secret", redirect=elsewhere.url("127.0.0.1"))
        url = registry.url()
        token = f"{url.split(':', 1)[1]}:_authToken=${{TOKEN}}"
        self.assert_installed(self.install([f"registry={url}", token], TOKEN="secret"))
        self.assertEqual({seen[1] for seen in registry.seen}, {"Bearer secret"})
        self.assertEqual({seen[1] for seen in elsewhere.seen}, {None})
        refused = self.install([f"registry={url}", token], TOKEN="wrong")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("401", refused.stderr)

    def test_scopes_have_their_own_registry(self):
        other, scoped = Registry(), Registry(token="t")
        rc = [f"registry={other.url()}", f"@s:registry={scoped.url()}",
              f"{scoped.url().split(':', 1)[1]}:_authToken=t"]
        self.assert_installed(self.install(rc, package="@s/a"), package="@s/a")
        self.assertEqual(other.seen, [])


if __name__ == "__main__":
    unittest.main(warnings="ignore")
