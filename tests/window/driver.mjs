// A WebDriver client, as small as these tests need: https://www.w3.org/TR/webdriver2/
//
// Elements are found the way people find them: by role and by the name that is read out. No sleeps: every
// search waits until it finds, and says what it looked for when it gives up.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How long a person would wait before calling it broken. */
const PATIENCE = 20_000;

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export class Browser {
  #base;
  #session;

  constructor(base, session) {
    this.#base = base;
    this.#session = session;
  }

  /** Starts the program behind a driver at `port`. */
  static async open(port, application) {
    const base = `http://127.0.0.1:${port}`;
    const always = { "tauri:options": { application } };
    const { sessionId } = await send(base, "POST", "/session", {
      capabilities: { alwaysMatch: always, firstMatch: [{}] },
    });
    return new Browser(base, sessionId);
  }

  /** Closes the window, and with it the program. */
  async close() {
    await this.#ask("DELETE", "");
  }

  /** Runs a function in the page with plain values, and answers what it returns. */
  async run(script, ...values) {
    const source = `return (${script.toString()}).apply(null, arguments)`;
    return this.#ask("POST", "/execute/sync", { script: source, args: values });
  }

  /** The same for a function that answers a promise. */
  async runAsync(script, ...values) {
    const source = `
      const done = arguments[arguments.length - 1];
      Promise.resolve((${script.toString()}).apply(null, Array.from(arguments).slice(0, -1)))
        .then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.#ask("POST", "/execute/async", { script: source, args: values });
    if (error !== undefined) throw new Error(`in the page: ${error}`);
    return value;
  }

  /** Waits for an element with this role and name (text or regular expression). */
  async find(role, name, options = {}) {
    return eventually(`a ${role} named ${name}`, async () => {
      const found = await this.#look(role, name, options);
      return found === null ? undefined : new Element(this, found[ELEMENT]);
    }, options.patience);
  }

  /** Whether there is such an element now. */
  async has(role, name) {
    return (await this.#look(role, name, {})) !== null;
  }

  /** Waits until there is no such element any more. */
  async gone(role, name) {
    await eventually(`no ${role} named ${name}`, async () => !(await this.has(role, name)) || undefined);
  }

  /** Waits until the page shows this text. */
  async sees(text, patience) {
    const shown = typeof text === "string" ? text : text.source;
    await eventually(`the text “${shown}”`, async () => {
      const body = await this.run(() => document.body.innerText);
      const found = typeof text === "string" ? body.includes(text) : text.test(body);
      return found || undefined;
    }, patience);
  }

  /** Waits for what `probe` answers in the page, until it is neither null nor false. */
  async until(what, probe, ...values) {
    return eventually(what, async () => (await this.run(probe, ...values)) || undefined);
  }

  /** Presses keys wherever the focus is, for example `press("Control", "k")`. */
  async press(...keys) {
    const codes = keys.map((key) => KEYS[key] ?? key);
    const actions = [
      ...codes.map((value) => ({ type: "keyDown", value })),
      ...codes.reverse().map((value) => ({ type: "keyUp", value })),
    ];
    await this.#ask("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** Keeps a picture of the window. */
  async picture(folder, name) {
    mkdirSync(folder, { recursive: true });
    const png = await this.#ask("GET", "/screenshot");
    writeFileSync(join(folder, `${name}.png`), Buffer.from(png, "base64"));
  }

  async ask(method, path, body) {
    return this.#ask(method, path, body);
  }

  async #look(role, name, { within } = {}) {
    const [text, pattern, flags] =
      typeof name === "string" ? [name, null, null] : [null, name.source, name.flags];
    return this.run(lookUp, role, text, pattern, flags, within ?? null);
  }

  async #ask(method, path, body) {
    return send(this.#base, method, `/session/${this.#session}${path}`, body);
  }
}

class Element {
  constructor(browser, id) {
    this.browser = browser;
    this.id = id;
  }

  async click() {
    await this.browser.ask("POST", `/element/${this.id}/click`, {});
  }

  /** Types over what is there. */
  async fill(text) {
    await this.browser.ask("POST", `/element/${this.id}/clear`, {});
    await this.type(text);
  }

  async type(text) {
    await this.browser.ask("POST", `/element/${this.id}/value`, { text });
  }

  async text() {
    return this.browser.ask("GET", `/element/${this.id}/text`);
  }
}

const KEYS = {
  Control: "\uE009",
  Shift: "\uE008",
  Alt: "\uE00A",
  Enter: "\uE007",
  Escape: "\uE00C",
  Tab: "\uE004",
  ArrowDown: "\uE015",
  ArrowUp: "\uE013",
};

/** Runs in the page: the first visible element with a role and an accessible name. */
function lookUp(role, text, pattern, flags, within) {
  const implied = {
    button: "button, summary",
    textbox: "input:not([type]), input[type=text], input[type=email], input[type=password], input[type=search], textarea, [contenteditable=true]",
    searchbox: "input[type=search]",
    checkbox: "input[type=checkbox]",
    radio: "input[type=radio]",
    link: "a[href]",
    heading: "h1, h2, h3, h4",
    option: "option",
    dialog: "dialog",
    list: "ul, ol",
    listitem: "li",
    navigation: "nav",
    main: "main",
  };
  const nameOf = (element) => {
    const labelled = (element.getAttribute("aria-labelledby") ?? "")
      .split(/\s+/)
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join(" ")
      .trim();
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(" ").trim();
    const name =
      labelled ||
      element.getAttribute("aria-label") ||
      labels ||
      element.getAttribute("placeholder") ||
      element.getAttribute("title") ||
      element.textContent;
    return (name ?? "").replace(/\s+/g, " ").trim();
  };
  const fits = (name) => (pattern === null ? name === text : new RegExp(pattern, flags).test(name));
  const shown = (element) => element.getClientRects().length > 0;
  const selector = [`[role="${role}"]`, implied[role]].filter(Boolean).join(", ");
  const scope = within === null ? document : document.querySelector(within);
  if (scope === null) return null;
  const elements = [...scope.querySelectorAll(selector)];
  return elements.find((element) => shown(element) && fits(nameOf(element))) ?? null;
}

async function send(base, method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    // A program that never opens its window would otherwise be waited for for minutes.
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}

/** Asks until there is an answer. */
export async function eventually(what, ask, patience = PATIENCE) {
  const deadline = Date.now() + patience;
  let last;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      // An element may be replaced between finding and asking.
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited ${patience / 1000} s in vain for ${what}${last ? `: ${last.message}` : ""}`);
}
