"""A real server over HTTP: two people in a video, a kill, keys, and what happens without the extra."""

import subprocess
import sys

import numpy as np
from served import served
from walkers_video import write_walkers_video


def test_two_people_of_a_video_are_found_enrolled_and_still_known_after_a_kill(tmp_path, networks):
    video = write_walkers_video(tmp_path / "walkers.mp4")
    gallery = tmp_path / "people.db"
    with served(networks / "mimic", gallery) as service:
        job = service.finish(service.client.post("/v1/identify", files={"file": video.open("rb")}))
        people = job["result"]["people"]
        assert [person["number"] for person in people] == [1, 2]
        assert all(person["frames"] > 30 and person["answer"] == "nobody enrolled" for person in people)
        for person, name in zip(people, ("ann", "bob"), strict=True):
            done = service.client.post(
                f"/v1/jobs/{job['id']}/people/{person['number']}/enrol",
                json={"name": name, "consent": "a test"},
            )
            assert done.status_code == 201
        service.kill()
    with served(networks / "mimic", gallery) as service:
        job = service.finish(service.client.post("/v1/identify", files={"file": video.open("rb")}))
        nearest = [person["candidates"][0] for person in job["result"]["people"]]
        assert [one["name"] for one in nearest] == ["ann", "bob"]
        assert max(one["distance"] for one in nearest) < 0.05
        running = service.client.post("/v1/identify", files={"file": video.open("rb")}).json()["id"]
        assert service.client.delete(f"/v1/jobs/{running}").status_code == 204
        assert service.client.get("/health").json()["status"] == "ok"


def test_keys_are_made_used_and_needed_elsewhere(tmp_path, networks, command):
    file = tmp_path / "keys.txt"
    made = command("api-key", "operator", "--file", file, "--roles", "[admin]")
    assert made.returncode == 0, made.stderr
    assert made.stdout.strip() not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    again = command("api-key", "operator", "--file", file)
    assert (again.returncode, "has a key already" in again.stderr) == (2, True)
    start = ("serve", "--model", networks / "mimic", "--gallery", tmp_path / "people.db", "--host", "0.0.0.0")
    refused = command(*start)
    assert refused.returncode == 2
    assert "there are no API keys" in refused.stderr
    with served(networks / "mimic", tmp_path / "people.db", "--keys", file) as service:
        walk = {"file": _npy(tmp_path)}
        assert service.client.post("/v1/identify", files=walk).status_code == 401
        headers = {"authorization": f"Bearer {made.stdout.strip()}"}
        assert service.client.post("/v1/identify", files=walk, headers=headers).status_code == 200


def test_without_the_extra_one_message_says_what_to_install(tmp_path):
    code = (
        "import sys\n"
        "sys.modules['uvicorn'] = None\n"
        "from mimicgait.cli.main import main\n"
        "sys.exit(main(['serve', '--model', 'x', '--gallery', 'y']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert "pip install 'mimicgait[serve]'" in done.stderr
    assert done.stderr.count("\n") == 1


def _npy(folder):
    path = folder / "walk.npy"
    frames = np.zeros((5, 64, 64), np.uint8)
    frames[:, 4:60, 24:40] = 1
    np.save(path, frames)
    return path.read_bytes()
