// Measures the real window on the demo practice and prints each figure beside its goal. The driver's own
// share of a start is included. Run by scripts/bench-ui, in a release build.
import { readFileSync, readdirSync, statSync } from "node:fs";

import { Desktop, startedBy } from "./desktop.mjs";

const STARTS = 10;
const CALLS = 200;

const figures = [];
const note = (what, value, goal) => figures.push({ what, value, goal });

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, q) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * q))];
const spread = (values) => `p50 ${quantile(values, 0.5).toFixed(0)} ms, p95 ${quantile(values, 0.95).toFixed(0)} ms`;

/** Proportional share of memory of a process, in MB. */
function share(pid) {
  const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

/** Processor seconds that a process has used. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const listed = () => document.querySelectorAll("[data-list] [role=option]").length >= 5;

const desktop = await Desktop.start();
try {
  let window = await desktop.open();
  await (await window.find("button", "Try the demo practice")).click();
  await window.find("listbox", "Conversations", { patience: 60_000 });
  await window.until("a full list", listed);

  const starts = [];
  for (let start = 0; start < STARTS; start += 1) {
    await desktop.closeWindow();
    const began = performance.now();
    window = await desktop.open();
    await window.until("the list", listed);
    starts.push(performance.now() - began);
  }
  note("start → usable inbox", spread(starts), "p50 ≤ 700 ms, p95 ≤ 1200 ms");

  const call = await window.runAsync(async (count) => {
    const ask = (name, request) => globalThis.__TAURI_INTERNALS__.invoke("call", { name, request });
    const times = [];
    for (let at = 0; at < count; at += 1) {
      const began = performance.now();
      await ask("counts", {});
      times.push(performance.now() - began);
    }
    return times;
  }, CALLS);
  note("one call from page to core and back", spread(call), "p95 ≤ 5 ms");

  const opened = [];
  for (let at = 0; at < 30; at += 1) {
    opened.push(
      await window.runAsync(async (index) => {
        const rows = document.querySelectorAll("[data-list] [role=option]");
        const row = rows[index % rows.length];
        const before = document.querySelector("#conversation")?.textContent;
        const began = performance.now();
        row.click();
        const deadline = began + 3000;
        while (document.querySelector("#conversation")?.textContent === before && performance.now() < deadline) {
          await new Promise(requestAnimationFrame);
        }
        return performance.now() - began;
      }, at + 1),
    );
  }
  note("conversation: click → painted", spread(opened), "≤ 100 ms");
  note("elements in the page", String(await window.run(() => document.querySelectorAll("*").length)), "≤ 1500");

  const core = startedBy(desktop.driver, "anteroom-deskto");
  const names = ["anteroom-deskto", "WebKitWebProces", "WebKitNetworkPr", "WebKitGPUProces"];
  const all = names.map((name) => startedBy(desktop.driver, name)).filter((pid) => pid !== undefined);
  note("memory of the Rust process (PSS)", `${share(core).toFixed(0)} MB`, "≤ 80 MB");
  note("memory of all processes (PSS)", `${all.map(share).reduce((a, b) => a + b).toFixed(0)} MB`, "≤ 250 MB");

  const used = cpu(core);
  const seconds = 20;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  note("idle, with the demo's mail coming in", `${(((cpu(core) - used) / seconds) * 100).toFixed(2)} % of a core`, "≤ 0.5 %");
} finally {
  await desktop.stop();
}
note("the window's program", `${(statSync(process.env.ANTEROOM_DESKTOP).size / 1e6).toFixed(1)} MB`, "≤ 25 MB");
const page = new URL("../../ui/dist/assets/", import.meta.url);
const bytes = readdirSync(page).map((name) => statSync(new URL(name, page)).size).reduce((a, b) => a + b);
note("the page within it", `${(bytes / 1e6).toFixed(2)} MB`, "");

const width = Math.max(...figures.map(({ what }) => what.length));
for (const { what, value, goal } of figures) {
  console.log(`${what.padEnd(width)}  ${value.padEnd(28)}  ${goal && `goal ${goal}`}`);
}
