// The real core behind the real page: `devhost` on a folder of its own, with keys in memory. Everything
// ends and is removed with it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), ".cache/anteroom/target");
const program = process.env.ANTEROOM_DEVHOST ?? join(target, "debug/anteroom-devhost");

export class Core {
  static async start() {
    const core = new Core();
    core.folder = mkdtempSync(join(tmpdir(), "anteroom-browser-core-"));
    core.child = spawn(program, ["--folder", core.folder, "--ui", join(root, "ui/dist"), "--memory-keychain"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    core.child.on("error", (error) => {
      throw new Error(`${program}: ${error.message}; tests/browser/run builds it`);
    });
    // Also when the test itself breaks off.
    process.once("exit", () => core.child.kill("SIGKILL"));
    const [address] = await once(createInterface({ input: core.child.stdout }), "line");
    core.address = address;
    return core;
  }

  /** Runs a command of the core's table, as the page does. */
  async call(name, request = null) {
    const answer = await fetch(`${this.address}/call/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    const body = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(body.message), body);
    return body;
  }

  async stop() {
    if (this.child.exitCode === null) {
      this.child.kill("SIGINT");
      const forced = setTimeout(() => this.child.kill("SIGKILL"), 5000);
      await once(this.child, "exit");
      clearTimeout(forced);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
