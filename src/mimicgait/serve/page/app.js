// The page: tabs, the key, what the service can do.

import { askJson, forgetKey, setKey } from "./api.js";
import { showExplorer } from "./explorer.js";
import { prepare } from "./identify.js";
import { showPeople } from "./people.js";

const get = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[role=tab]")];
const opened = { people: showPeople, explorer: showExplorer };
let admitted = false;

function select(tab, focus = true) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    get(other.getAttribute("aria-controls")).hidden = !chosen || !admitted;
  }
  if (focus) tab.focus();
  const name = tab.getAttribute("aria-controls");
  history.replaceState(null, "", `#${name}`);
  if (admitted && opened[name]) opened[name]();
}

function chosen() {
  return tabs.find((tab) => tab.getAttribute("aria-selected") === "true");
}

tabs.forEach((tab, i) => {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (event) => {
    const next = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(tabs[(next + tabs.length) % tabs.length]);
  });
});

async function start() {
  try {
    const about = await askJson("/v1/about");
    admitted = true;
    get("key-form").hidden = true;
    prepare(about);
    note(about);
    select(chosen(), false);
  } catch (error) {
    admitted = false;
    select(chosen(), false);
    if (error.status === 401) askForKey(error);
    else {
      get("service-notes").textContent = error.message;
      get("service-notes").hidden = false;
    }
  }
}

function askForKey(error) {
  const tried = get("key").value !== "";
  get("key-error").textContent = tried ? "This key is not known here." : "";
  forgetKey();
  get("key-form").hidden = false;
  get("key").focus();
  return error;
}

function note(about) {
  const notes = [];
  if (!about.calibrated) {
    notes.push("This service has no calibration: it ranks enrolled people by distance, and names nobody.");
  }
  if (!about.visibility) notes.push("No network here estimates what is hidden of a person.");
  get("service-notes").textContent = notes.join(" ");
  get("service-notes").hidden = !notes.length;
  get("tab-explorer").hidden = !about.explorer;
}

get("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  setKey(get("key").value.trim());
  start();
});

const wanted = tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash);
if (wanted) select(wanted, false);
start();
