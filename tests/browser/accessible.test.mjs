// axe-core finds nothing on any screen, in any theme, in both languages. WCAG 2.2 A and AA, best practices.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Core } from "./core.mjs";
import { findings, keys, list, openDemo, openPage, rows } from "./page.mjs";

const themes = ["light", "dark", "contrast"];
const languages = ["en", "es"];
const settings = ["accounts", "staff", "tags", "pools", "views", "canned", "appearance", "shortcuts", "sending", "backup", "protection", "audit", "about"];

let core;
let opened;
let page;

before(async () => {
  core = await Core.start();
});
after(async () => {
  await opened?.close();
  await core?.stop();
});

async function look(language, theme) {
  const kept = { language, theme, tourDone: true };
  // The core keeps them for the staff member too; both must agree.
  await core.call("save_setting", { key: "screen", value: kept, mine: true }).catch(() => undefined);
  await page.evaluate((value) => localStorage.setItem("anteroom.screen", JSON.stringify(value)), kept);
  await page.reload();
  await page.waitForSelector(`html[data-theme=${theme}][lang=${language}]`);
}

async function everywhere(visit) {
  const found = [];
  for (const language of languages) {
    for (const theme of themes) {
      await look(language, theme);
      found.push(...(await visit(`${language} ${theme}`)));
    }
  }
  // One line a finding, with the first place where it was met.
  const unlike = new Map(found.map((line) => [line.replace(/^[^:]+: /, ""), line]));
  assert.deepEqual([...unlike.values()], []);
}

test("set-up and its steps", async () => {
  opened = await openPage(core);
  page = opened.page;
  await everywhere(async (look_) => {
    await page.locator("main h1").waitFor();
    const found = await findings(page, `${look_} welcome`);
    await page.locator("main .choices button").first().click();
    found.push(...(await findings(page, `${look_} practice`)));
    await page.locator("main input").nth(0).fill("Larkfield");
    await page.locator("main input").nth(1).fill("Robin");
    await keys(page, "Enter");
    await page.locator("main input[type=radio]").nth(1).check();
    found.push(...(await findings(page, `${look_} protection`)));
    return found;
  });
  await opened.close();
});

test("the inbox, its pickers and overlays", async () => {
  opened = await openDemo(core);
  page = opened.page;
  await everywhere(async (look_) => {
    await rows(page).first().click();
    await page.locator("article").first().waitFor();
    const found = await findings(page, `${look_} inbox`);
    const steps = [
      ["reply", "r"], ["note", "n"], ["snooze", "s"], ["tag", "t"], ["assign", "a"], ["pool", "p"], ["acuity", "!"],
      ["palette", "Control+k"], ["shortcuts", "?"], ["find", "Control+f"],
    ];
    for (const [name, key] of steps) {
      await list(page).focus();
      await keys(page, key);
      await page.waitForTimeout(120);
      found.push(...(await findings(page, `${look_} ${name}`)));
      await keys(page, "Escape");
    }
    await list(page).focus();
    await keys(page, "x", "j", "x");
    found.push(...(await findings(page, `${look_} selection`)));
    await keys(page, "Escape", "/");
    await page.keyboard.type("refill");
    await page.waitForTimeout(300);
    found.push(...(await findings(page, `${look_} search`)));
    await page.keyboard.type(" xyzzy");
    await page.waitForTimeout(300);
    found.push(...(await findings(page, `${look_} nothing found`)));
    return found;
  });
});

test("every page of the settings", async () => {
  await everywhere(async (look_) => {
    await rows(page).first().waitFor();
    await keys(page, "Control+,");
    const found = [];
    for (const [index, name] of settings.entries()) {
      await page.locator(".settings nav li button").nth(index).click();
      await page.waitForTimeout(80);
      found.push(...(await findings(page, `${look_} settings ${name}`)));
    }
    return found;
  });
});
