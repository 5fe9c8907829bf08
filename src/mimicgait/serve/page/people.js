// The tab of enrolled people: list, and remove for good.

import { ask, askJson, element, percent, sentence } from "./api.js";

const list = document.getElementById("people-list");
const problem = document.getElementById("people-error");

export async function showPeople() {
  problem.hidden = true;
  try {
    const { total, people } = await askJson("/v1/gallery?limit=1000");
    list.replaceChildren(...people.map(someone));
    if (!total) {
      list.replaceChildren(element("p", { class: "card" },
        "Nobody is enrolled yet. Find somebody in a video first, then enrol them there."));
    } else if (total > people.length) {
      list.append(element("p", { class: "hint" }, `${total - people.length} more people are not shown here.`));
    }
  } catch (error) {
    list.replaceChildren();
    report(error);
  }
}

function report(error) {
  problem.textContent = error.status === 403
    ? "The key in use may not list people: that takes the role admin." : error.message;
  problem.hidden = false;
}

function someone(person) {
  const stale = person.walks.filter((walk) => !walk.current).length;
  const facts = [
    `${person.walks.length} ${person.walks.length === 1 ? "walk" : "walks"}`,
    `since ${person.added.slice(0, 10)}`,
    ...hiddenShares(person.walks),
    ...(stale ? [`${stale} not known to the network in use`] : []),
  ];
  const card = element("article", { class: "card someone" },
    element("div", {},
      element("h3", {}, person.name),
      element("p", { class: "hint" }, facts.join(" · ")),
      element("p", { class: "hint" }, `Consent: ${person.consent || "no note"}`)),
    removal(person, () => card));
  return card;
}

function hiddenShares(walks) {
  const known = walks.map((walk) => walk.hidden).filter((hidden) => hidden !== null);
  if (!known.length) return [];
  return [`about ${percent(known.reduce((sum, share) => sum + share, 0) / known.length)} hidden when enrolled`];
}

function removal(person, card) {
  const box = element("div", { class: "row" });
  const first = element("button", { type: "button", class: "danger", "aria-label": `Remove ${person.name}` }, "Remove");
  const sure = element("button", { type: "button", class: "danger" }, `Remove ${person.name} for good`);
  const keep = element("button", { type: "button" }, "Keep");
  first.addEventListener("click", () => {
    box.replaceChildren(sure, keep);
    keep.focus();
  });
  keep.addEventListener("click", () => {
    box.replaceChildren(first);
    first.focus();
  });
  sure.addEventListener("click", async () => {
    sure.disabled = true;
    try {
      const path = `/v1/gallery/people/${encodeURIComponent(person.name)}`;
      const { walks, wiped } = await (await ask(path, { method: "DELETE" })).json();
      const note = wiped ? "" : " Another process reads the file: what is left is wiped when it is opened next.";
      card().replaceWith(element("p", { class: "notice" },
        sentence(`${person.name} and ${walks} ${walks === 1 ? "walk" : "walks"} were removed`) + note));
    } catch (error) {
      sure.disabled = false;
      report(error);
    }
  });
  box.append(first);
  return box;
}

document.getElementById("people-refresh").addEventListener("click", showPeople);
