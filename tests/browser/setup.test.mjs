// A practice of one's own: first start, recovery key, lock, wrong passphrase, unlock.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Core } from "./core.mjs";
import { findings, keys, openPage } from "./page.mjs";

const PASSPHRASE = "four words rarely together";
let core;
let opened;
let page;

before(async () => {
  core = await Core.start();
  opened = await openPage(core);
  page = opened.page;
});
after(async () => {
  await opened?.close();
  await core?.stop();
});

test("set-up asks one question a page and shows the recovery key once", async () => {
  await page.getByRole("button", { name: "Set up my practice" }).click();
  await page.getByLabel("Name of the practice").fill("Larkfield Surgery");
  await page.getByLabel("Your name").fill("Robin Vale");
  await keys(page, "Enter");
  await page.getByRole("radio", { name: /^Keychain and passphrase/ }).check();
  await page.getByLabel("New passphrase").fill(PASSPHRASE);
  await page.getByLabel("The same again").fill(PASSPHRASE.slice(1));
  assert.ok(await page.getByRole("button", { name: "Make the practice" }).isDisabled());
  await page.getByLabel("The same again").fill(PASSPHRASE);
  await page.getByRole("button", { name: "Make the practice" }).click();
  const groups = page.getByRole("list", { name: "Recovery key" }).locator("code");
  await groups.first().waitFor({ timeout: 30_000 });
  const asked = Number(/\d+/.exec(await page.getByText(/^Type group/).innerText())?.[0]);
  await page.getByLabel(/^Type group/).fill("0000");
  assert.ok(await page.getByRole("button", { name: "I have kept it" }).isDisabled());
  await page.getByLabel(/^Type group/).fill((await groups.nth(asked - 1).innerText()).toLowerCase());
  await page.getByRole("button", { name: "I have kept it" }).click();
});

test("a mailbox that cannot be reached says so, and the way goes on", async () => {
  await page.getByLabel("E-mail address").fill("desk@larkfield.example");
  await page.getByRole("button", { name: "Enter servers by hand" }).click();
  await page.getByLabel("Password").fill("secret word");
  for (const [index, port] of [[0, "1"], [1, "1"]]) {
    await page.getByLabel("Server").nth(index).fill("127.0.0.1");
    await page.getByLabel("Port").nth(index).fill(port);
  }
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.getByRole("alert").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Do this later" }).click();
  await page.getByText("Nothing needs you").waitFor();
  await page.getByText("Larkfield Surgery").waitFor();
});

test("locking empties the page; a wrong passphrase is told; the right one opens", async () => {
  await keys(page, "Control+Shift+L");
  await page.getByRole("heading", { name: "Locked" }).waitFor();
  assert.deepEqual(await findings(page, "locked"), []);
  await page.getByRole("button", { name: "Use the recovery key" }).click();
  assert.deepEqual(await findings(page, "recovery"), []);
  await page.getByRole("button", { name: "Back" }).click();
  assert.equal(await page.locator("[data-list]").count(), 0);
  await page.getByLabel("Passphrase").fill("not what it is");
  await keys(page, "Enter");
  await page.getByRole("alert").waitFor({ timeout: 20_000 });
  await page.getByLabel("Passphrase").fill(PASSPHRASE);
  await keys(page, "Enter");
  await page.getByText("Nothing needs you").waitFor({ timeout: 20_000 });
});
