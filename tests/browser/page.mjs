// A page on the core, and what every page is held to: no error in it, nothing outside loopback asked for,
// nothing stored but the layout.
import assert from "node:assert/strict";
import { axeSource } from "../../ui/scripts/axe.js";
import { openBrowser } from "../../ui/scripts/browser.js";

export async function openPage(core, { width = 1366, height = 768, preferences = {} } = {}) {
  const browser = await openBrowser({ viewport: { width, height } });
  const page = browser.context.pages()[0] ?? (await browser.context.newPage());
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // Refusals of the core are answers, and the browser calls each of them an error.
    if (message.type() === "error" && !/status of 422/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(core.address) && !/^(data|blob|about):/.test(url)) faults.push(`asked for ${url}`);
  });
  await page.addInitScript((kept) => {
    if (!localStorage.getItem("anteroom.screen")) localStorage.setItem("anteroom.screen", JSON.stringify(kept));
  }, { language: "en", theme: "light", tourDone: true, ...preferences });
  await page.goto(core.address);
  return {
    page,
    faults,
    close: async () => {
      await browser.close();
      assert.deepEqual(faults, []);
    },
  };
}

export const list = (page) => page.locator("[data-list]");
export const rows = (page) => list(page).getByRole("option");
export const composer = (page) => page.locator("#composer-text");

/** The demo practice, opened by the core itself, with its list filled. */
export async function openDemo(core, options) {
  await core.call("start_demo", { protection: "keychain", passphrase: null });
  const opened = await openPage(core, options);
  await rows(opened.page).nth(4).waitFor({ timeout: 60_000 });
  return opened;
}

export async function keys(page, ...presses) {
  for (const press of presses) await page.keyboard.press(press);
}

/** How often the page is looked at before a finding counts: what is passing by, such as a message that
 * leaves or a bar that slides in, is gone by then; each look takes about a second. */
const LOOKS = 10;

/** What axe-core finds on the page, and goes on finding: one line a rule, led by `where`. */
export async function findings(page, where) {
  // The page's policy allows no script but its own; the debugger's door is open.
  await page.evaluate(axeSource);
  let violations = [];
  for (let look = 0; look < LOOKS; look += 1) {
    violations = await page.evaluate(async () => {
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
      const result = await globalThis.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      });
      return result.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary?.split("\n")[1] ?? ""}`).join(" | ")}`);
    });
    if (violations.length === 0) break;
  }
  return violations.map((violation) => `${where}: ${violation}`);
}
