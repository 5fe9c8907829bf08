// The robustness explorer: hide a part of a walk, and watch both rankings change.

import { askJson, element, percent } from "./api.js";
import { Film, drawKnown, fromBase64 } from "./film.js";
import { nameOf } from "./timeline.js";

const get = (id) => document.getElementById(id);
const form = get("explorer-form"), amount = get("amount"), play = get("explorer-play");

const CHOICES = {
  top: "top", bottom: "bottom", middle: "middle", patch: "moving patch", pole: "moving pole",
  changing: "top, then bottom",
};

let film = null, seed = 0, waiting = null, asked = 0, ready = false;

export async function showExplorer() {
  if (ready) return;
  get("explorer-intro").textContent = "Getting the walkers ready, which takes some seconds the first time …";
  try {
    const { kinds, walkers, people, synthetic, most_amount: most } = await askJson("/v1/explorer");
    get("explorer-intro").textContent = (synthetic
      ? `${people} made-up walkers, drawn by a program: real people walk less tidily, and are harder to tell apart. `
      : `${people} people of the operator's store. `)
      + "Each network has enrolled their complete walks; then one walk of somebody is hidden in part, "
      + "and each network looks for them. One walk is an example, not a measurement.";
    get("walker").replaceChildren(...walkers.map((name, i) => element("option", { value: i }, name)));
    get("kinds").replaceChildren(...kinds.map((kind, i) => {
      const choice = element("input", { type: "radio", name: "kind", value: kind, ...(i ? {} : { checked: "" }) });
      return element("label", {}, choice, CHOICES[kind] ?? nameOf(kind));
    }));
    amount.max = Math.round(100 * most);
    get("explorer-body").hidden = false;
    ready = true;
    await look();
  } catch (error) {
    get("explorer-intro").textContent = "";
    report(error);
  }
}

async function look() {
  get("amount-shown").textContent = percent(amount.value / 100);
  const mine = ++asked;
  try {
    const shown = await askJson("/v1/explorer", {
      method: "POST",
      json: {
        walker: Number(get("walker").value),
        kind: form.elements.kind.value,
        amount: amount.value / 100,
        seed,
      },
    });
    if (mine === asked) draw(shown);
  } catch (error) {
    if (mine === asked) report(error);
  }
}

function draw(shown) {
  get("explorer-error").hidden = true;
  const complete = fromBase64(shown.complete), visible = fromBase64(shown.visible);
  const occluded = fromBase64(shown.occluded);
  const before = film;
  film = new Film(shown.frames, (frame) => {
    drawKnown(get("film-visible"), complete, visible, frame);
    drawKnown(get("film-occluded"), occluded, null, frame);
  });
  if (before) {
    film.playing = before.playing;
    film.show(before.frame % shown.frames);
    before.stop();
  }
  label();
  rank(get("teacher-ranking"), shown.teacher, shown.name, shown.teacher_place, shown.people);
  rank(get("mimic-ranking"), shown.mimic, shown.name, shown.mimic_place, shown.people);
  get("explorer-said").textContent = `${percent(shown.hidden)} of the picture is hidden. `
    + `The teacher puts ${shown.name} ${place(shown.teacher_place)} of ${shown.people}, `
    + `this service's network ${place(shown.mimic_place)}.`;
}

function place(number) {
  return number === 1 ? "first" : `at place ${number}`;
}

function rank(list, standings, name, at, people) {
  const most = Math.max(...standings.map((one) => one.distance), 1e-9);
  const rows = standings.map((one, i) => {
    const bar = element("span", { class: "bar" });
    bar.style.width = `${Math.round((100 * one.distance) / most)}%`;
    return element("li", {}, bar,
      element("span", { class: "place" }, `${i + 1}.`),
      element("span", one.name === name ? { class: "right" } : {}, one.name),
      element("span", { class: "number" }, one.distance.toFixed(3)));
  });
  if (at > standings.length) {
    rows.push(element("li", {}, element("span", { class: "place" }, `${at}.`),
      element("span", { class: "right" }, name), element("span", { class: "number" }, `of ${people}`)));
  }
  list.replaceChildren(...rows);
}

function report(error) {
  get("explorer-error").textContent = error.message;
  get("explorer-error").hidden = false;
}

function label() {
  play.textContent = film && film.playing ? "Pause" : "Play";
  play.setAttribute("aria-pressed", String(Boolean(film && film.playing)));
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  get("amount-shown").textContent = percent(amount.value / 100);
  clearTimeout(waiting);
  waiting = setTimeout(look, 150);
});
get("again").addEventListener("click", () => {
  seed += 1;
  look();
});
play.addEventListener("click", () => {
  film.playing = !film.playing;
  label();
});
