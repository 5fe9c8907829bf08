"""A Hub on this machine: as much of the Hub's HTTP API as publishing and fetching small files takes."""

import base64
import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

COMMIT = "1" * 40


class FakeHub(ThreadingHTTPServer):
    """Keeps the files of its repositories in memory: `files["user/name"]["config.json"]`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, dict[str, bytes]] = {}
        self.private: dict[str, bool] = {}
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> "FakeHub":
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeHub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = self._parts()
        if self.headers.get("Authorization") != "Bearer hf_test":
            return self._json(401, {"error": "Invalid username or password."})
        if parts[:3] == ["api", "repos", "create"]:
            wanted = json.loads(body)
            name = f"{wanted['organization']}/{wanted['name']}"
            self.server.files.setdefault(name, {})
            self.server.private[name] = wanted.get("private") or wanted.get("visibility") == "private"
            return self._json(200, {"url": f"{self.server.address}/{name}", "id": name})
        if parts == ["api", "validate-yaml"]:
            return self._json(200, {"errors": [], "warnings": []})
        name = "/".join(parts[2:4])
        if parts[4] == "preupload":
            files = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False, "oid": None}
                for file in json.loads(body)["files"]
            ]
            return self._json(200, {"files": files})
        if parts[4] == "commit":
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    value = line["value"]
                    self.server.files[name][value["path"]] = base64.b64decode(value["content"])
            address = f"{self.server.address}/{name}/commit/{COMMIT}"
            return self._json(200, {"success": True, "commitUrl": address, "commitOid": COMMIT})
        return self._json(404, {"error": "unknown"})

    def do_GET(self) -> None:
        parts = self._parts()
        files = self.server.files.get("/".join(parts[2:4] if parts[0] == "api" else parts[:2]))
        if files is None:
            return self._json(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        if parts[0] == "api":
            siblings = [{"rfilename": path} for path in files]
            return self._json(200, {"id": "/".join(parts[2:4]), "sha": COMMIT, "siblings": siblings})
        contents = files.get("/".join(parts[4:]))
        if contents is None:
            return self._json(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
        digest = hashlib.sha1(contents).hexdigest()
        return self._send(200, contents, {"ETag": f'"{digest}"', "X-Repo-Commit": COMMIT})

    def do_HEAD(self) -> None:
        self.do_GET()

    def _parts(self) -> list[str]:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append(f"{self.command} {path}")
        return path.strip("/").split("/")

    def _json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self._send(
            status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})}
        )

    def _send(self, status: int, contents: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(contents))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(contents)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the tests look at `asked`."""
