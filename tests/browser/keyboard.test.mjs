// A morning without a mouse: everything the front desk does, by key, with the focus never lost.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Core } from "./core.mjs";
import { composer, keys, list, openDemo } from "./page.mjs";

let core;
let opened;
let page;

before(async () => {
  core = await Core.start();
  opened = await openDemo(core);
  page = opened.page;
});
after(async () => {
  await opened?.close();
  await core?.stop();
});

const shown = () => page.locator("#conversation h2").innerText();
const focused = () => page.evaluate(() => document.activeElement !== document.body && document.activeElement !== null);
const said = (text) => page.locator(".toast").getByText(text).waitFor();

async function another(from) {
  await page.waitForFunction((name) => {
    const heading = document.querySelector("#conversation h2");
    return heading && heading.textContent !== name;
  }, from);
}

test("J and K walk through the list, with the row in view", async () => {
  await keys(page, "g", "i", "j");
  await page.locator("#conversation h2").waitFor();
  const first = await shown();
  await keys(page, "j");
  await another(first);
  const second = await shown();
  await keys(page, "k");
  await another(second);
  assert.equal(await shown(), first);
  for (let row = 0; row < 25; row += 1) await keys(page, "j");
  await page.waitForTimeout(200);
  const inView = await page.evaluate(() => {
    const row = document.querySelector(".entry.current")?.getBoundingClientRect();
    const box = document.querySelector("[data-list]")?.getBoundingClientRect();
    return Boolean(row && box && row.top >= box.top && row.bottom <= box.bottom + 1);
  });
  assert.ok(inView);
  assert.ok(await focused());
});

test("C claims, T tags, P moves, and Z takes back", async () => {
  await keys(page, "c");
  await said("Yours now.");
  await keys(page, "t");
  await page.getByRole("combobox", { name: "Tags" }).fill("by key");
  await keys(page, "Enter");
  await said("Tagged “by key”.");
  await keys(page, "Escape");
  await keys(page, "p");
  await page.getByRole("combobox", { name: "Move to pool" }).fill("nurs");
  await keys(page, "Enter");
  await said("Moved to Nursing.");
  assert.ok(await focused());
  await keys(page, "z");
  await said("Taken back.");
  await page.locator("aside").getByRole("button", { name: "Front desk" }).waitFor();
});

test("S snoozes and opens the next; E closes and opens the next", async () => {
  const first = await shown();
  await keys(page, "s");
  await page.getByRole("listbox", { name: "Snooze until" }).waitFor();
  await keys(page, "ArrowDown", "Enter");
  await said("Snoozed.");
  await another(first);
  const second = await shown();
  await keys(page, "e");
  await said("Closed.");
  await another(second);
  assert.ok(await focused());
});

test("X selects, the action works on all of them, undo brings all back", async () => {
  await keys(page, "g", "i", "x", "j", "x", "j", "x");
  await page.getByText("3 selected").waitFor();
  await keys(page, "a");
  await page.getByRole("combobox", { name: "Assign to" }).waitFor();
  await keys(page, "Enter");
  await said("3 conversations are yours now.");
  assert.equal(await page.getByText("3 selected").count(), 0);
  await keys(page, "z");
  await said("Taken back.");
});

test("R writes, Ctrl-Enter sends; N notes; the draft survives leaving", async () => {
  await keys(page, "r");
  await page.keyboard.type("Thank you, we will call you at noon.");
  await keys(page, "Escape");
  assert.ok(await list(page).evaluate((element) => element === document.activeElement));
  const writing = await shown();
  await keys(page, "j");
  await another(writing);
  await keys(page, "k");
  await page.waitForFunction(() => document.querySelector("#composer-text")?.value.startsWith("Thank you, we"));
  await keys(page, "n");
  await page.keyboard.type("Called already.");
  assert.equal(await composer(page).inputValue(), "Called already.");
  await keys(page, "Control+Enter");
  await said("Note saved.");
  await page.locator("article.note").getByText("Called already.").waitFor();
  await keys(page, "Escape", "r");
  await page.waitForFunction(() => document.querySelector("#composer-text")?.value.startsWith("Thank you, we"));
  await keys(page, "Control+Enter");
  await page.locator("article.reply").getByText(/Leaves in|Sent/).waitFor();
});

test("the palette, the sheet and the search are reached and left by key", async () => {
  await keys(page, "Control+k");
  await page.getByRole("combobox", { name: "Command palette" }).fill("snoozed");
  await keys(page, "Enter");
  await page.getByRole("heading", { name: "Snoozed", level: 1 }).waitFor();
  await keys(page, "?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await keys(page, "Escape");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.ok(await focused());
  await keys(page, "/");
  await page.keyboard.type("is:un");
  await keys(page, "ArrowDown", "Tab");
  assert.equal(await page.getByRole("combobox", { name: "Search" }).inputValue(), "is:unread ");
  await keys(page, "Enter");
  assert.ok(await list(page).evaluate((element) => element === document.activeElement));
  await keys(page, "Control+,");
  await page.getByRole("heading", { name: "Accounts", level: 2 }).waitFor();
  await keys(page, "Escape");
  await list(page).waitFor();
  assert.ok(await focused());
});

test("single keys can be switched off", async () => {
  await core.call("save_setting", { key: "screen", value: { singleKeys: false }, mine: true });
  await page.waitForTimeout(400);
  await keys(page, "?");
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole("dialog").count(), 0);
});
