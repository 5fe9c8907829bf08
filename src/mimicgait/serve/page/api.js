// Talks to the service. Every refusal becomes an Error whose message is the service's own reason.

const KEY = "mimicgait-key";

export function setKey(key) {
  sessionStorage.setItem(KEY, key);
}

export function forgetKey() {
  sessionStorage.removeItem(KEY);
}

export class ServiceError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = sessionStorage.getItem(KEY);
  if (key) headers.set("authorization", `Bearer ${key}`);
  if (options.json !== undefined) {
    headers.set("content-type", "application/json");
    options = { ...options, body: JSON.stringify(options.json) };
  }
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError("The service cannot be reached. Is it still running?", 0);
  }
  if (!answer.ok) throw new ServiceError(await reason(answer), answer.status);
  return answer;
}

export async function askJson(path, options) {
  return (await ask(path, options)).json();
}

async function reason(answer) {
  try {
    return sentence((await answer.json()).detail);
  } catch {
    return `The service answered ${answer.status} ${answer.statusText}.`;
  }
}

export function sentence(text) {
  const trimmed = String(text).trim();
  const full = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(full) ? full : `${full}.`;
}

// A sentence in which `words like these` stand as code.
export function prose(text) {
  return sentence(text).split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

export function percent(share) {
  return `${Math.round(100 * share)} %`;
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
