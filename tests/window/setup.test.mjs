// The first start of a real practice, and the states in which it may be found later.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Desktop, pictures } from "./desktop.mjs";

/** Walks through the set-up and answers the recovery key. */
async function setUp(window, passphrase) {
  await (await window.find("button", "Set up my practice")).click();
  await (await window.find("textbox", "Name of the practice")).fill("Larkfield Surgery");
  await (await window.find("textbox", "Your name")).fill("Robin Vale");
  await (await window.find("button", "Continue")).click();
  if (passphrase !== undefined) {
    await (await window.find("radio", /^Passphrase only/)).click();
    await (await window.find("textbox", /^New passphrase/)).fill(passphrase);
    await (await window.find("textbox", /^The same again/)).fill(passphrase);
  }
  await (await window.find("button", "Make the practice")).click();
  await window.find("list", "Recovery key", { patience: 30_000 });
  const groups = await window.run(() =>
    [...document.querySelectorAll("ol[aria-label='Recovery key'] code")].map((code) => code.textContent));
  await window.picture(pictures, "recovery-key");
  await (await window.find("textbox", /^Type group 3/)).fill(groups[2].toLowerCase());
  await (await window.find("button", "I have kept it")).click();
  await (await window.find("button", "Do this later")).click();
  await window.sees("Larkfield Surgery");
  return groups.join("-");
}

test("a practice behind the keychain opens by itself at the next start", async () => {
  const desktop = await Desktop.start();
  try {
    const key = await setUp(await desktop.open());
    assert.match(key, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){8}$/);
    await desktop.closeWindow();
    const window = await desktop.open();
    await window.sees("Larkfield Surgery");
    assert.equal(await window.has("button", "Set up my practice"), false);
  } finally {
    await desktop.stop();
  }
});

test("without a keychain a passphrase stands in, and the recovery key always opens", async () => {
  const desktop = await Desktop.start({ keychain: false });
  try {
    const key = await setUp(await desktop.open(), "four words rarely together");
    await desktop.closeWindow();
    let window = await desktop.open();
    await (await window.find("textbox", /^Passphrase/)).fill("not what it is");
    await (await window.find("button", "Unlock")).click();
    await window.sees("This passphrase does not open the practice.");
    await (await window.find("textbox", /^Passphrase/)).fill("four words rarely together");
    await (await window.find("button", "Unlock")).click();
    await window.find("listbox", "Conversations").catch(() => window.find("group", "Conversations"));
    await desktop.closeWindow();

    window = await desktop.open();
    await (await window.find("button", "Use the recovery key")).click();
    await (await window.find("textbox", "Recovery key")).fill(key.toLowerCase().replaceAll("-", " "));
    const fresh = await window.find("textbox", /^New passphrase/);
    await fresh.fill("another four words entirely");
    if (await window.has("textbox", /^The same again/)) {
      await (await window.find("textbox", /^The same again/)).fill("another four words entirely");
    }
    await (await window.find("button", "Open the practice")).click();
    await window.sees("Larkfield Surgery");
  } finally {
    await desktop.stop();
  }
});
