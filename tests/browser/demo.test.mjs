// First start to first answer: the demo practice, triage by mouse, a reply that really leaves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Core } from "./core.mjs";
import { composer, keys, list, openPage, rows } from "./page.mjs";

let core;
let opened;
let page;

before(async () => {
  core = await Core.start();
  opened = await openPage(core, { preferences: { tourDone: false } });
  page = opened.page;
});
after(async () => {
  await opened?.close();
  await core?.stop();
});

test("the demo practice opens from the first page and fills", async () => {
  await page.getByRole("button", { name: "Try the demo practice" }).click();
  await page.getByRole("button", { name: "Skip the tour" }).click({ timeout: 60_000 });
  await rows(page).nth(4).waitFor({ timeout: 60_000 });
  await page.getByText("Demo practice").waitFor();
  assert.equal(await page.title(), "Anteroom");
});

let who;

test("a conversation is opened, claimed and tagged", async () => {
  await rows(page).first().click();
  who = await page.locator("#conversation h2").innerText();
  await page.getByRole("button", { name: "Claim", exact: true }).click();
  await page.getByText("Yours now.").waitFor();
  await page.getByRole("button", { name: "Tag…" }).first().click();
  await page.getByRole("combobox", { name: "Tags" }).fill("browser test");
  await keys(page, "Enter");
  await page.locator("aside").getByText("browser test").waitFor();
  await keys(page, "Escape");
  await list(page).locator(".current").getByText("browser test").waitFor();
});

test("a reply is held, taken back, and sent", async () => {
  await composer(page).fill("Thank you for writing. Please come by at three.");
  await page.getByRole("button", { name: /^Send to/ }).click();
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await page.getByText("Taken back. Your text is in the draft again.").waitFor();
  await page.waitForFunction(() => document.querySelector("#composer-text")?.value.startsWith("Thank you for writing"));
  await keys(page, "Control+Enter");
  await page.locator("article.reply").getByText("Sent", { exact: true }).waitFor({ timeout: 40_000 });
  const { rows: waiting } = await core.call("list", { scope: { kind: "waiting" }, sort: "newest", cursor: null, limit: 50 });
  assert.ok(waiting.some(({ contact_name }) => contact_name === who), "it waits for the contact");
});

test("a note is yellow, dashed, and never sent", async () => {
  await page.getByRole("tab", { name: /Internal note/ }).click();
  await composer(page).fill("Rang her; she comes at three.");
  await page.getByRole("button", { name: "Save note" }).waitFor();
  assert.equal(await page.locator(".composer").getByRole("button", { name: /^Send/ }).count(), 0);
  await page.getByRole("button", { name: "Save note" }).click();
  const note = page.locator("article.note", { hasText: "Rang her" });
  await note.waitFor();
  assert.equal(await note.locator(".bubble").evaluate((bubble) => getComputedStyle(bubble).borderBottomStyle), "dashed");
  assert.match(await note.innerText(), /only staff see this/);
});

test("closing goes on to the next, and undo brings it back", async () => {
  await keys(page, "g", "i");
  await rows(page).nth(2).click();
  const closed = await page.locator("#conversation h2").innerText();
  await page.getByRole("toolbar", { name: "Actions" }).getByRole("button", { name: "Close" }).click();
  await page.waitForFunction((name) => document.querySelector("#conversation h2")?.textContent !== name, closed);
  await page.locator(".toast").getByRole("button", { name: "Undo" }).first().click();
  await page.getByText("Taken back.").waitFor();
  await list(page).getByText(closed, { exact: true }).first().waitFor();
});

test("search marks what it met", async () => {
  await page.getByRole("combobox", { name: "Search" }).fill("appointment");
  await page.locator("[data-list] mark").first().waitFor();
  await page.getByRole("button", { name: "Save as a view" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Wishes to be seen");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("navigation", { name: "Views" }).getByText("Wishes to be seen").waitFor();
});

test("the page stores nothing about anybody", async () => {
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  for (const word of [who, "browser test", "three", "appointment", "Wishes"]) {
    assert.ok(!stored.includes(word), `“${word}” is stored by the page`);
  }
});
