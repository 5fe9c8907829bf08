// The tab that asks who walks in a file: send it, wait, show everybody who was found.

import { ask, askJson, element, percent, sentence } from "./api.js";
import { showPerson } from "./person.js";

const POLL = 700;
const get = (id) => document.getElementById(id);
const form = get("drop"), file = get("file"), work = get("work"), found = get("found"), problem = get("identify-error");

let about = null;
let current = null; // what is under way: its job, and how to stop it
let films = [];

export function prepare(facts) {
  about = facts;
  get("file-hint").textContent = "A video from a camera that stands still, up to "
    + `${Math.round(facts.upload_bytes / 2 ** 20)} MiB and ${Math.round(facts.video_seconds)} seconds; `
    + "or silhouettes (.zip of PNG masks, .npz, .npy).";
}

async function identify(chosen) {
  await cancel();
  clear();
  if (about && chosen.size > about.upload_bytes) {
    return report(`This file has ${Math.round(chosen.size / 2 ** 20)} MiB; `
      + `${Math.round(about.upload_bytes / 2 ** 20)} MiB are allowed. Cut it into pieces.`);
  }
  const mine = { stop: new AbortController(), job: null };
  current = mine;
  work.hidden = false;
  say("Sending the file", null);
  try {
    const body = new FormData();
    body.append("file", chosen);
    let job = await askJson("/v1/identify", { method: "POST", body, signal: mine.stop.signal });
    mine.job = job.id;
    while (job.state === "queued" || job.state === "running") {
      say(job.stage, job.progress);
      await new Promise((resolve) => setTimeout(resolve, POLL));
      if (current !== mine) return;
      job = await askJson(`/v1/jobs/${job.id}`, { signal: mine.stop.signal });
    }
    if (job.state === "done") await show(job, mine);
    else report(job.reason);
  } catch (error) {
    if (error.name !== "AbortError" && current === mine) report(error.message);
  } finally {
    if (current === mine) {
      work.hidden = true;
      current = null;
    }
  }
}

async function cancel() {
  const stopped = current;
  if (!stopped) return;
  current = null;
  stopped.stop.abort();
  work.hidden = true;
  if (stopped.job) await ask(`/v1/jobs/${stopped.job}`, { method: "DELETE" }).catch(() => {});
}

function say(stage, progress) {
  const share = progress ? `: ${percent(progress)}` : "";
  get("stage").textContent = stage.charAt(0).toUpperCase() + stage.slice(1) + share;
  if (progress === null) get("progress").removeAttribute("value");
  else get("progress").value = progress;
}

async function show(job, mine) {
  const { people, video, note } = job.result;
  const heading = people.length === 1 ? "One person walks here" : `${people.length} people walk here`;
  const parts = [element("h2", { tabindex: "-1" }, people.length ? heading : "Nobody was found")];
  if (video) {
    parts.push(element("p", { class: "hint" },
      `${video.width} x ${video.height} pixels, ${video.frames} frames, ${video.fps.toFixed(0)} a second`));
  }
  if (note) parts.push(element("p", { class: "notice" }, sentence(note)));
  const mayEnrol = about !== null && about.roles.includes("enrol");
  const shown = await Promise.all(people.map((person) => showPerson(job.id, person, mayEnrol)));
  if (current !== mine) return shown.forEach(({ film }) => film.stop());
  films = shown.map(({ film }) => film);
  found.replaceChildren(...parts, ...shown.map(({ card }) => card));
  if (people.length && about) {
    found.append(element("p", { class: "hint" },
      `This result is forgotten ${Math.round(about.results_seconds / 60)} minutes after it was made; `
      + "until then anybody in it can be enrolled."));
  }
  parts[0].focus();
}

function clear() {
  films.forEach((film) => film.stop());
  films = [];
  found.replaceChildren();
  problem.hidden = true;
}

function report(text) {
  problem.textContent = sentence(text);
  problem.hidden = false;
}

form.addEventListener("submit", (event) => event.preventDefault());
file.addEventListener("change", () => {
  if (file.files.length) identify(file.files[0]);
  file.value = "";
});
for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) identify(event.dataTransfer.files[0]);
});
get("cancel").addEventListener("click", () => {
  cancel();
  file.focus();
});
