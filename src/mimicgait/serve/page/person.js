// One person who was found: silhouettes that play, the answer and its reason, the candidates, enrolment.

import { ask, askJson, element, percent, prose, sentence } from "./api.js";
import { Film, countFrames, drawJudged } from "./film.js";
import { drawTimeline, nameOf } from "./timeline.js";

const LABELS = {
  named: (person) => person.name,
  unknown: () => "Unknown",
  "too little seen to say": () => "Too little seen to say",
  undecided: () => "Not decided",
  "nobody enrolled": () => "Nobody to compare with",
};

export async function showPerson(job, person, mayEnrol) {
  const card = document.getElementById("person-template").content.firstElementChild.cloneNode(true);
  const find = (selector) => card.querySelector(selector);
  const title = `Person ${person.number}`;
  const heading = find("h3");
  heading.textContent = title;
  heading.id = `person-${person.number}`;
  card.setAttribute("aria-labelledby", heading.id);
  const badge = find(".badge");
  badge.textContent = (LABELS[person.answer] ?? (() => person.answer))(person);
  badge.classList.add(person.answer.split(" ")[0]);
  if (person.reason) find(".reason").replaceChildren(...prose(person.reason));
  showCandidates(find(".ranking"), find(".ranking-note"), person);
  find(".facts").textContent = facts(person);
  const bits = new Uint8Array(
    await (await ask(`/v1/jobs/${job}/people/${person.number}/silhouettes`)).arrayBuffer());
  const film = showFilm(find, person, bits, title);
  if (mayEnrol) enrolment(find, job, person);
  else find(".enrol-open").remove();
  return { card, film };
}

function showCandidates(list, note, person) {
  list.setAttribute("aria-label", "Enrolled people, nearest first");
  list.replaceChildren(...person.candidates.map((one, i) => {
    const row = element("li", {},
      element("span", { class: "place" }, `${i + 1}.`),
      element("span", {}, one.name),
      element("span", { class: "number" },
        one.same === null ? one.distance.toFixed(3) : `${percent(one.same)} · ${one.distance.toFixed(3)}`));
    if (one.same !== null) {
      const bar = element("span", { class: "bar" });
      bar.style.width = percent(one.same).replace(" ", "");
      row.prepend(bar);
    }
    return row;
  }));
  if (!person.candidates.length) return;
  note.textContent = person.candidates[0].same === null
    ? "Numbers are distances: smaller is more alike. Without a calibration nobody can say how much more."
    : "Percentages: how likely it is one person, if that was as likely as not beforehand. Then the distance.";
}

function facts(person) {
  const said = [
    `${person.frames} frames, ${person.first_second.toFixed(1)} to ${person.last_second.toFixed(1)} s`,
  ];
  if (person.looked_at < person.frames) said.push(`${person.looked_at} of them looked at`);
  if (person.hidden !== null) said.push(`about ${percent(person.hidden)} hidden (estimated)`);
  if (person.seen !== null) said.push(`${percent(person.seen)} of a whole walk seen`);
  if (person.probability !== null) said.push(`first candidate right with a probability of ${percent(person.probability)}`);
  const dropped = Object.entries(person.dropped).map(([reason, count]) => `${count} ${reason}`);
  if (dropped.length) said.push(`left out: ${dropped.join(", ")}`);
  return sentence(said.join(" · "));
}

function showFilm(find, person, bits, title) {
  const canvas = find("canvas"), seek = find(".seek"), play = find(".play"), caption = find("figcaption");
  const timeline = person.timeline;
  const move = timeline ? drawTimeline(find(".timeline"), timeline) : () => {};
  if (!timeline) find(".timeline").replaceChildren(element("p", { class: "hint" },
    "No network estimates here what is hidden."));
  canvas.setAttribute("aria-label", `${title}: silhouettes`);
  const count = countFrames(bits);
  seek.max = count - 1;
  seek.setAttribute("aria-label", `${title}: frame`);
  const film = new Film(count, (frame) => {
    const kind = timeline ? timeline.kinds[timeline.kind[frame]] : "none";
    const amount = timeline ? timeline.amount[frame] : 0;
    drawJudged(canvas, bits, frame, kind, amount);
    caption.textContent = kind === "none" || amount < 0.1
      ? "Silhouettes as found" : `${nameOf(kind)}: about ${percent(amount)} (estimated)`;
    seek.value = frame;
    seek.setAttribute("aria-valuetext", `frame ${frame + 1} of ${count}`);
    move(frame);
  });
  const label = () => { play.textContent = film.playing ? "Pause" : "Play"; };
  play.addEventListener("click", () => { film.playing = !film.playing; label(); });
  seek.addEventListener("input", () => { film.playing = false; label(); film.show(Number(seek.value)); });
  label();
  return film;
}

function enrolment(find, job, person) {
  const open = find(".enrol-open"), form = find(".enrol"), done = find(".enrolled"), problem = find(".enrol .error");
  open.setAttribute("aria-label", `Enrol person ${person.number}`);
  if (person.name) {
    open.textContent = `Add this walk to ${person.name}`;
    form.elements.name.value = person.name;
  }
  const show = (shown) => {
    form.hidden = !shown;
    open.hidden = shown;
    (shown ? form.elements.name : open).focus();
  };
  open.addEventListener("click", () => show(true));
  find(".enrol-close").addEventListener("click", () => show(false));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    const send = form.querySelector("button.primary");
    send.disabled = true;
    try {
      const json = {
        name: form.elements.name.value,
        consent: form.elements.consent.value || null,
        keep: form.elements.keep.checked,
      };
      const answer = await askJson(`/v1/jobs/${job}/people/${person.number}/enrol`, { method: "POST", json });
      done.textContent = `Enrolled as ${answer.name}. From now on this service compares everybody with them.`;
      form.hidden = true;
    } catch (error) {
      problem.textContent = error.status === 404 ? `${error.message} Send the file again.` : error.message;
    } finally {
      send.disabled = false;
    }
  });
}
