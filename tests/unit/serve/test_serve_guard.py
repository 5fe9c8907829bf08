"""Keys, rates, other web sites, headers: what every request passes first."""

import pytest
from made_uploads import npy

from mimicgait.errors import ConfigError
from mimicgait.serve import Keyring, Limits, Role, new_api_key
from mimicgait.serve.binding import refuse_open
from mimicgait.serve.keys import parse_keys


@pytest.fixture
def keys():
    made = {name: new_api_key(name, [name]) for name in ("identify", "enrol", "admin")}
    return {name: secret for name, (secret, _) in made.items()}, Keyring(key for _, key in made.values())


def bearer(secret):
    return {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("GET", "/v1/about", {"identify", "admin"}),
        ("POST", "/v1/identify", {"identify", "admin"}),
        ("POST", "/v1/enrol", {"enrol", "admin"}),
        ("GET", "/v1/gallery", {"admin"}),
        ("DELETE", "/v1/gallery/people/ann", {"admin"}),
        ("GET", "/v1/gallery/export", {"admin"}),
        ("GET", "/metrics", {"admin"}),
    ],
)
def test_each_role_opens_its_own_doors(make_client, keys, walks, method, path, roles):
    secrets, keyring = keys
    client = make_client(keyring=keyring)
    upload = (
        {"data": {"name": "ann", "consent": "x"}, "files": {"file": npy(walks[0])}}
        if method == "POST"
        else {}
    )
    for wrong in ({}, bearer("mg_wrong"), {"authorization": "Basic eDp5"}, bearer("")):
        refused = client.request(method, path, headers=wrong, **upload)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    for role in Role:
        status = client.request(method, path, headers=bearer(secrets[role]), **upload).status_code
        assert (status != 403) is (role in roles), (role, status)
    assert client.get("/health").status_code == 200
    assert client.get("/").status_code == 200


def test_a_job_is_its_owners(make_client, walks):
    (ann, key), (bob, other) = new_api_key("ann", ["identify"]), new_api_key("bob", ["admin"])
    client = make_client(keyring=Keyring([key, other]))
    job = client.post("/v1/identify", files={"file": npy(walks[0])}, headers=bearer(ann)).json()["id"]
    assert client.get(f"/v1/jobs/{job}", headers=bearer(ann)).status_code == 200
    for path in (f"/v1/jobs/{job}", f"/v1/jobs/{job}/people/1/silhouettes"):
        assert client.get(path, headers=bearer(bob)).status_code == 404
    assert client.delete(f"/v1/jobs/{job}", headers=bearer(bob)).status_code == 404


def test_who_asks_too_often_is_told_when_to_come_again(make_client):
    (ann, key), (bob, other) = new_api_key("ann", ["identify"]), new_api_key("bob", ["identify"])
    client = make_client(Limits(rate=1, burst=3), keyring=Keyring([key, other]))
    assert [client.get("/v1/about", headers=bearer(ann)).status_code for _ in range(4)] == [
        200,
        200,
        200,
        429,
    ]
    late = client.get("/v1/about", headers=bearer(ann))
    assert 1 <= int(late.headers["retry-after"]) <= 60
    assert client.get("/v1/about", headers=bearer(bob)).status_code == 200
    guesses = [client.get("/v1/about", headers=bearer(f"guess{i}")).status_code for i in range(4)]
    assert guesses == [401, 401, 401, 429]


def test_other_web_sites_and_other_names_are_refused(client, walks):
    upload = {"files": {"file": npy(walks[0])}}
    for headers in (
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "null"},
    ):
        assert client.post("/v1/identify", headers=headers, **upload).status_code == 403, headers
        assert client.get("/v1/gallery", headers=headers).status_code == 403
    for headers in (
        {"host": "127.0.0.1:8000"},
        {"origin": "http://testserver"},
        {"sec-fetch-site": "same-origin"},
    ):
        assert client.post("/v1/identify", headers=headers, **upload).status_code == 200, headers


def test_every_answer_has_the_headers_that_keep_browsers_in_check(client):
    for path in ("/", "/page/app.js", "/health", "/v1/gallery", "/nowhere", "/v1/jobs/none"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    assert client.get("/v1/gallery").headers["cache-control"] == "no-store"


def test_the_page_is_served_from_memory_and_nothing_else_is(client):
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    again = client.get("/", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("..%2f__init__.py", "%2e%2e/__init__.py", "../keys.py", "index.htm", "%00"):
        assert client.get(f"/page/{name}").status_code == 404


def test_the_page_loads_nothing_from_elsewhere(client):
    for name in (
        "",
        "page/app.js",
        "page/style.css",
        "page/identify.js",
        "page/person.js",
        "page/explorer.js",
    ):
        text = client.get(f"/{name}").text
        assert "https:" not in text
        assert "//cdn" not in text
        assert "style=" not in text
        assert ".innerHTML" not in text


def test_only_hashes_are_kept_and_a_key_file_says_what_is_wrong_with_it(tmp_path, monkeypatch):
    secret, key = new_api_key("ann", ["identify", "enrol"])
    file = tmp_path / "keys.txt"
    file.write_text(f"# keys\n\n{key.line()}\n")
    monkeypatch.setenv("MIMICGAIT_API_KEYS", new_api_key("bob", ["admin"])[1].line())
    keyring = Keyring.read(file)
    assert secret not in file.read_text()
    assert keyring.find(secret) == key
    assert keyring.find(secret[:-1]) is None
    assert [known.name for known in keyring.keys] == ["ann", "bob"]
    for line in ("ann identify", f"ann identify {secret}", f"ann owner sha256:{'0' * 64}", "ann  sha256:00"):
        with pytest.raises(ConfigError, match="line 1") as caught:
            parse_keys(line, "keys.txt")
        assert secret not in str(caught.value)
    with pytest.raises(ConfigError, match="same name"):
        Keyring([key, new_api_key("ann", ["admin"])[1]])
    with pytest.raises(ConfigError, match="letters"):
        new_api_key("a b", ["admin"])


def test_without_keys_the_service_stays_on_this_machine():
    refuse_open("127.0.0.1", has_keys=False)
    refuse_open("0.0.0.0", has_keys=True)
    for host in ("0.0.0.0", "::", "192.168.1.2", "cameras.example"):
        with pytest.raises(ConfigError, match="mimicgait api-key"):
            refuse_open(host, has_keys=False)
