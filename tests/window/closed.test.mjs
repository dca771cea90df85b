// What the window is closed to: other programs of Tauri's, other pages, other scripts. And that it comes
// back when its page crashes, and forward when it is started twice.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { Desktop, startedBy } from "./desktop.mjs";
import { eventually } from "./driver.mjs";

test("the page may call the desk, hear it, and nothing else", async () => {
  const desktop = await Desktop.start();
  try {
    const window = await desktop.open();
    await window.find("button", "Set up my practice");
    assert.equal(await window.run(() => typeof globalThis.__TAURI__), "undefined");
    const ask = (command, request) =>
      window.runAsync(
        (name, args) => globalThis.__TAURI_INTERNALS__.invoke(name, args).then(() => "allowed", String),
        command,
        request ?? {},
      );
    assert.equal(await ask("call", { name: "status", request: {} }), "allowed");
    for (const command of [
      "plugin:event|emit",
      "plugin:window|close",
      "plugin:window|set_title",
      "plugin:webview|create_webview_window",
      "plugin:path|resolve_directory",
      "plugin:app|version",
      "plugin:menu|new",
      "plugin:tray|new",
      "plugin:image|from_path",
      "plugin:fs|read_file",
      "plugin:shell|execute",
      "plugin:http|fetch",
      "plugin:opener|open_url",
    ]) {
      assert.match(await ask(command), /not allowed|not found/, command);
    }
  } finally {
    await desktop.stop();
  }
});

test("nothing from elsewhere runs, loads or is shown", async () => {
  const desktop = await Desktop.start();
  try {
    const window = await desktop.open();
    await window.find("button", "Set up my practice");
    const broken = await window.runAsync(async () => {
      const broken = [];
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => broken.push(effectiveDirective));
      const script = document.createElement("script");
      script.textContent = "globalThis.ran = true";
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      const image = new Image();
      image.src = "https://example.org/pixel.png";
      const frame = document.createElement("iframe");
      frame.src = "https://example.org/";
      const object = document.createElement("object");
      object.data = "https://example.org/";
      document.body.append(script, style, image, frame, object);
      await fetch("https://example.org/").catch(() => {});
      try {
        eval("globalThis.ran = true");
      } catch {}
      const deadline = Date.now() + 5000;
      while (new Set(broken).size < 7 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { broken: [...new Set(broken)].sort(), ran: globalThis.ran ?? false };
    });
    assert.equal(broken.ran, false);
    for (const directive of ["connect-src", "frame-src", "img-src", "object-src", "script-src", "script-src-elem", "style-src-elem"]) {
      assert.ok(broken.broken.includes(directive), `${directive} in ${broken.broken}`);
    }
    await window.run(() => {
      location.href = "https://example.org/";
    });
    await window.find("button", "Set up my practice");
    assert.match(await window.run(() => location.href), /^tauri:\/\/localhost/);
  } finally {
    await desktop.stop();
  }
});

test("a crashed page is back within three seconds", async () => {
  const desktop = await Desktop.start();
  try {
    const window = await desktop.open();
    await window.find("button", "Set up my practice");
    const page = () => startedBy(desktop.driver, "WebKitWebProces");
    const application = startedBy(desktop.driver, "anteroom-deskto");
    const first = page();
    assert.ok(application !== undefined && first !== undefined);
    process.kill(first, "SIGKILL");
    await eventually("a new page's process", async () => {
      const now = page();
      return now !== undefined && now !== first ? now : undefined;
    }, 3000);
    assert.equal(startedBy(desktop.driver, "anteroom-deskto"), application, "the application goes on");
  } finally {
    await desktop.stop();
  }
});

test("a second start ends at once and leaves the first alone", async () => {
  const desktop = await Desktop.start();
  try {
    const first = desktop.launch();
    await eventually("the first window", async () => startedBy(first.pid, "WebKitWebProces"));
    const second = desktop.launch();
    const [code] = await once(second, "exit");
    assert.equal(code, 0);
    assert.equal(first.exitCode, null);
  } finally {
    await desktop.stop();
  }
});
