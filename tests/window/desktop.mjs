// A computer of its own for one test: home folder, D-Bus session, unlocked keychain, and the driver that
// starts the application in it. Everything ends and is removed with it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { Browser, eventually } from "./driver.mjs";

const application =
  process.env.ANTEROOM_DESKTOP ?? fail("ANTEROOM_DESKTOP names the program; scripts/test-window sets it");

/** Where pictures go. */
export const pictures = process.env.ANTEROOM_PICTURES ?? join(tmpdir(), "anteroom-window");

export class Desktop {
  #processes = [];
  #browser;
  #driver;
  #driverPort;

  /** `keychain: false` gives a computer without one. */
  static async start({ keychain = true } = {}) {
    const desktop = new Desktop();
    desktop.home = mkdtempSync(join(tmpdir(), "anteroom-home-"));
    desktop.env = {
      PATH: process.env.PATH,
      DISPLAY: process.env.DISPLAY,
      XAUTHORITY: process.env.XAUTHORITY ?? "",
      LANG: "C.UTF-8",
      TZ: "Europe/London",
      HOME: desktop.home,
      XDG_DATA_HOME: join(desktop.home, "data"),
      XDG_CONFIG_HOME: join(desktop.home, "config"),
      XDG_CACHE_HOME: join(desktop.home, "cache"),
      XDG_RUNTIME_DIR: join(desktop.home, "run"),
      // No accessibility bus and no graphics card: pictures are drawn in software.
      NO_AT_BRIDGE: "1",
      GTK_A11Y: "none",
      LIBGL_ALWAYS_SOFTWARE: "1",
      RUST_LOG: process.env.RUST_LOG ?? "warn",
    };
    for (const folder of ["data", "config", "cache", "run"]) {
      mkdirSync(join(desktop.home, folder), { mode: 0o700 });
    }
    await desktop.#startBus();
    if (keychain) await desktop.#startKeychain();
    await desktop.#startDriver();
    return desktop;
  }

  /** The process that everything the driver starts descends from. */
  get driver() {
    return this.#driver.pid;
  }

  /** Starts the application and answers its window. */
  async open() {
    this.#browser = await Browser.open(this.#driverPort, application);
    return this.#browser;
  }

  /** Starts the application without a driver. */
  launch() {
    return this.#spawn(application, [], { stdio: ["ignore", "inherit", "inherit"] });
  }

  /** Ends the application, as closing its window does. */
  async closeWindow() {
    await this.#browser?.close();
    this.#browser = undefined;
    // The driver answers when the window is gone; the database closes a moment later.
    await eventually("the end of the application", async () =>
      startedBy(this.driver, "anteroom-deskto") === undefined || undefined);
  }

  /** Ends everything and removes the home folder. */
  async stop() {
    await this.closeWindow().catch(() => {});
    for (const child of this.#processes.reverse()) {
      const exited = child.exitCode !== null || child.signalCode !== null;
      try {
        // With everything it started.
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // All of it had ended.
      }
      if (!exited) await once(child, "exit");
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  #spawn(program, args, options = {}) {
    const child = spawn(program, args, {
      env: this.env,
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
      ...options,
    });
    child.on("error", (error) => fail(`${program}: ${error.message}; “make setup” installs it`));
    this.#processes.push(child);
    return child;
  }

  async #startBus() {
    // No service folders: nothing is started that the test did not start.
    const config = join(this.home, "bus.conf");
    writeFileSync(
      config,
      `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${this.env.XDG_RUNTIME_DIR}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
    );
    const bus = this.#spawn("dbus-daemon", [`--config-file=${config}`, "--nofork", "--print-address=1"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [address] = await once(createInterface({ input: bus.stdout }), "line");
    this.env.DBUS_SESSION_BUS_ADDRESS = address;
  }

  async #startKeychain() {
    // A copy has no file capabilities, which a container may not grant.
    const program = join(this.home, "gnome-keyring-daemon");
    copyFileSync("/usr/bin/gnome-keyring-daemon", program);
    const daemon = this.#spawn(program, ["--foreground", "--components=secrets", "--unlock"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    daemon.stdin.end("the login password");
    await eventually("the keychain", async () => {
      const question = this.#spawn("dbus-send", [
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.secrets",
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service.ReadAlias",
        "string:default",
      ], { stdio: ["ignore", "pipe", "ignore"] });
      let answer = "";
      for await (const chunk of question.stdout) answer += chunk;
      return answer.includes("/collection/") || undefined;
    });
  }

  async #startDriver() {
    this.#driverPort = await freePort();
    const native = await freePort();
    this.#driver = this.#spawn("tauri-driver", [
      `--port=${this.#driverPort}`,
      `--native-port=${native}`,
    ], { stdio: ["ignore", "inherit", "inherit"] });
    await eventually("the driver", async () => {
      const response = await fetch(`http://127.0.0.1:${this.#driverPort}/status`);
      return response.ok || undefined;
    });
  }
}

/** A process by its name (the first 15 letters) among all that `leader` and its children started. */
export function startedBy(leader, name) {
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  const found = pids.find((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const end = stat.lastIndexOf(")");
      // Children stay in the session of their leader, even when a parent between them ends.
      const fields = stat.slice(end + 2).split(" ");
      const [state, session, threads] = [fields[0], Number(fields[3]), Number(fields[17])];
      // A process that was killed is there until its last thread has ended.
      const runs = state !== "Z" || threads > 1;
      return stat.slice(stat.indexOf("(") + 1, end) === name && session === leader && runs;
    } catch {
      // It ended while we looked.
      return false;
    }
  });
  return found === undefined ? undefined : Number(found);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function fail(message) {
  throw new Error(message);
}
