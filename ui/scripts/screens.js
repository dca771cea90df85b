// Takes pictures of every screen on the mock practice: `npm run screens -- <folder> [name…]`.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";
import { build, preview } from "vite";
import { openBrowser } from "./browser.js";
import { screens } from "./screen-list.js";

const [folder = "screens", ...wanted] = process.argv.slice(2);
const out = resolve(folder);
const root = fileURLToPath(new URL("..", import.meta.url));
const outDir = "node_modules/.cache/screens";
const sizes = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
];
const themes = ["light", "dark", "contrast"];

mkdirSync(out, { recursive: true });
await build({ root, mode: "mock", logLevel: "warn", build: { outDir, emptyOutDir: true } });
const server = await preview({
  root,
  build: { outDir },
  preview: { port: 4199, strictPort: true },
});
const browser = await openBrowser();
const page = browser.context.pages()[0] ?? (await browser.context.newPage());
page.on("console", (message) => {
  if (message.type() === "error") console.error(`  page: ${message.text()}`);
});
page.on("pageerror", (error) => console.error(`  page: ${error.message}`));

for (const screen of screens) {
  if (wanted.length > 0 && !wanted.includes(screen.name)) continue;
  for (const size of screen.sizes ?? sizes) {
    for (const theme of screen.themes ?? themes.slice(0, 2)) {
      await page.setViewportSize(size);
      await page.addInitScript(() => undefined);
      await page.goto(`http://localhost:4199/?${screen.query ?? ""}`);
      await page.evaluate((kept) => localStorage.setItem("anteroom.screen", JSON.stringify(kept)), {
        theme,
        language: screen.language ?? "en",
        tourDone: true,
        ...screen.preferences,
      });
      await page.reload();
      await page.waitForSelector(screen.ready ?? "[role=option]", { timeout: 5000 });
      await screen.act?.(page);
      await page.waitForTimeout(250);
      const name = `${screen.name}-${size.width}-${theme}.png`;
      await page.screenshot({ path: join(out, name) });
      console.log(name);
    }
  }
}
await browser.close();
await server.close();
