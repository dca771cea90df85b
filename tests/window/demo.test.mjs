// The demo practice in the real window: real mail servers on loopback, real mail code, a real
// keychain. Messages arrive, are tagged, searched and answered; after a new start all of it is there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Desktop, pictures } from "./desktop.mjs";

const ANSWER = "Thank you for writing. Please come by this afternoon; we keep a place free.";

let desktop;
let window;

before(async () => {
  desktop = await Desktop.start();
  window = await desktop.open();
});

after(() => desktop?.stop());

/** The name of a conversation in the list, up to its first line break. */
const rows = () =>
  window.run(() =>
    [...document.querySelectorAll("[data-list] [role=option]")].map((row) => ({
      id: row.id,
      who: row.querySelector(".who")?.textContent ?? "",
      text: row.innerText,
    })),
  );

/** Opens the first conversation of the list with the keyboard. */
async function openFirst() {
  await window.press("g");
  await window.press("i");
  await window.until("a conversation in the list", () => document.querySelector("[data-list] [role=option]") !== null);
  await window.press("j");
  return window.until("an open conversation", () => document.querySelector("article") !== null
    && document.querySelector("[data-list] .current .who")?.textContent);
}

/** The tour is shown once, to whoever has not seen it. */
async function skipTour() {
  if (await window.has("button", "Skip the tour")) await (await window.find("button", "Skip the tour")).click();
}

test("the demo practice opens and fills", async () => {
  await (await window.find("button", "Try the demo practice")).click();
  await window.find("listbox", "Conversations", { patience: 60_000 });
  await window.sees(/Demo practice/);
  await skipTour();
  await window.until("a full list", () => document.querySelectorAll("[data-list] [role=option]").length >= 5);
  await window.picture(pictures, "demo");
});

test("new messages arrive while one watches", async () => {
  // Patients write every two seconds in this build.
  const now = await window.runAsync(() => globalThis.__TAURI_INTERNALS__.invoke("call", { name: "counts", request: {} }));
  await window.until("a new message", (before) =>
    globalThis.__TAURI_INTERNALS__
      .invoke("call", { name: "counts", request: {} })
      .then((counts) => { globalThis.countsNow = JSON.stringify(counts); })
      && globalThis.countsNow !== undefined && globalThis.countsNow !== before, JSON.stringify(now));
});

let who;

test("a conversation is tagged", async () => {
  who = await openFirst();
  await window.press("t");
  const search = await window.find("combobox", "Tags");
  await search.type("window test");
  await window.find("option", "Make the tag “window test”");
  await window.press("Enter");
  await window.until("the tag in the list", () =>
    document.querySelector("[data-list] .current")?.innerText.includes("window test"));
  // The first Escape leaves what was typed, the second the picker.
  await window.press("Escape");
  if (await window.has("combobox", "Tags")) await window.press("Escape");
  await window.gone("combobox", "Tags");
  await window.picture(pictures, "tagged");
});

test("search finds it by its tag", async () => {
  await window.press("/");
  const box = await window.find("combobox", "Search");
  await box.type('tag:"window test"');
  await window.press("Enter");
  await window.sees("1 conversation found");
  const found = await rows();
  assert.equal(found.length, 1);
  assert.equal(found[0].who, who);
  await window.picture(pictures, "found");
});

test("an answer leaves and is shown as sent", async () => {
  await openFound();
  await (await window.find("tab", /^Reply/)).click();
  const text = await window.find("textbox", /^Reply to /);
  await text.type(ANSWER);
  await window.press("Control", "Enter");
  // It is held for some seconds before it leaves.
  await answerIs(/Leaves in|Waiting to leave|Sending|Sent/);
  await answerIs(/Sent/);
  await window.picture(pictures, "answered");
});

test("after a new start everything is still there", async () => {
  await desktop.closeWindow();
  window = await desktop.open();
  await window.find("listbox", "Conversations", { patience: 30_000 });
  await window.press("/");
  const box = await window.find("combobox", "Search");
  await box.type('tag:"window test"');
  await window.press("Enter");
  await window.sees("1 conversation found");
  await openFound();
  await answerIs(/Sent/);
  await window.picture(pictures, "restarted");
});

/** Waits until our answer is in the conversation and says how far it is. Off the screen counts too. */
async function answerIs(state) {
  await window.until(`the answer: ${state.source}`, (answer, pattern) =>
    [...document.querySelectorAll("article")].some(({ textContent }) =>
      textContent.includes(answer) && new RegExp(pattern).test(textContent)), ANSWER, state.source);
}

/** Opens the conversation that was found. */
async function openFound() {
  await window.until("what was found", () => {
    const row = document.querySelector("[data-list] [role=option]");
    row?.click();
    return document.querySelector("article") !== null;
  });
}
