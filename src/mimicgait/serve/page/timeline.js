// The visibility timeline: estimated hidden share over time, and which kind of occlusion.

import { element, percent } from "./api.js";

const NAMES = {
  none: "nothing hidden", top: "top hidden", bottom: "bottom hidden", middle: "middle hidden",
  patch: "patch in front", pole: "pole in front", changing: "changing", objects: "object in front",
  people: "person in front", redetect: "cut anew", lost: "frames lost",
};
const MOST_WIDTH = 980, HEIGHT = 110, LEFT = 44, RIGHT = 8, TOP = 8, BOTTOM = 34;

export function nameOf(kind) {
  return NAMES[kind] ?? kind;
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Draws into a figure, again whenever its width changes; returns a function that moves its line to a frame.
export function drawTimeline(figure, timeline) {
  let move = () => {}, at = 0, width = 0;
  new ResizeObserver(() => {
    const now = Math.min(MOST_WIDTH, figure.clientWidth);
    if (!now || Math.abs(now - width) < 8) return;
    width = now;
    move = drawAt(figure, timeline, width);
    move(at);
  }).observe(figure);
  return (frame) => {
    at = frame;
    move(frame);
  };
}

function drawAt(figure, timeline, WIDTH) {
  const { times, amount, kind, kinds } = timeline;
  const first = times[0], span = Math.max(times.at(-1) - first, 1e-6);
  const across = (time) => LEFT + ((time - first) / span) * (WIDTH - LEFT - RIGHT);
  const up = (share) => HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": described(timeline) });
  for (const share of [0, 0.5, 1]) {
    drawing.append(
      svg("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: up(share), y2: up(share) }),
      svg("text", { x: LEFT - 6, y: up(share) + 4, "text-anchor": "end" }, percent(share)));
  }
  const points = times.map((time, i) => `${across(time).toFixed(1)},${up(amount[i]).toFixed(1)}`);
  drawing.append(svg("polygon", {
    class: "area",
    points: [`${across(first)},${up(0)}`, ...points, `${across(times.at(-1))},${up(0)}`].join(" "),
  }));
  for (let from = 0, to; from < kind.length; from = to) {
    to = from + 1;
    while (to < kind.length && kind[to] === kind[from]) to += 1;
    const end = across(times[Math.min(to, times.length - 1)]);
    drawing.append(svg("rect", {
      class: `kind-${kind[from] % 6}`, x: across(times[from]).toFixed(1), y: HEIGHT - BOTTOM + 5,
      width: Math.max(end - across(times[from]), 1).toFixed(1), height: 9,
    }));
  }
  for (const [share, anchor] of [[0, "start"], [1, "end"]]) {
    drawing.append(svg("text", {
      x: across(first + share * span), y: HEIGHT - 6, "text-anchor": anchor,
    }, `${(first + share * span).toFixed(1)} s`));
  }
  const now = svg("line", { class: "now", y1: TOP, y2: HEIGHT - BOTTOM + 14, x1: LEFT, x2: LEFT });
  drawing.append(now);
  const used = [...new Set(kind)].sort();
  const legend = element("div", { class: "legend" }, element("span", {}, "Hidden share, estimated by a network:"));
  for (const number of used) {
    legend.append(element("span", {}, element("i", { class: `kind-${number % 6}` }), nameOf(kinds[number])));
  }
  figure.replaceChildren(legend, drawing);
  return (frame) => {
    for (const end of ["x1", "x2"]) now.setAttribute(end, across(times[frame]));
  };
}

function described({ times, amount, kind, kinds }) {
  const most = amount.indexOf(Math.max(...amount));
  const mean = amount.reduce((sum, share) => sum + share, 0) / amount.length;
  return `Hidden share over ${(times.at(-1) - times[0]).toFixed(1)} seconds: ${percent(mean)} on average, `
    + `at most ${percent(amount[most])} at ${times[most].toFixed(1)} s (${nameOf(kinds[kind[most]])}).`;
}
