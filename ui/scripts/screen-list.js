// The screens worth looking at, each with the way to it.
const small = [{ width: 1366, height: 768 }];
const first = (page) => page.locator("[role=option]").first().click();
const key = async (page, ...keys) => {
  for (const one of keys) await page.keyboard.press(one);
};

export const screens = [
  {
    name: "inbox",
    query: "demo",
    act: async (page) => {
      await first(page);
      await page.mouse.move(900, 500);
    },
  },
  { name: "inbox-compact", sizes: small, preferences: { density: "compact" }, act: first },
  { name: "inbox-empty", sizes: small, query: "empty", ready: ".empty" },
  { name: "inbox-syncing", sizes: small, query: "syncing", act: first },
  { name: "inbox-offline", sizes: small, query: "offline&demo", act: first },
  { name: "inbox-error", sizes: small, query: "broken=list", ready: ".empty" },
  {
    name: "inbox-loading",
    sizes: small,
    query: "slow",
    ready: ".frame",
    act: (page) => page.waitForTimeout(400),
  },
  { name: "inbox-contrast", sizes: small, themes: ["contrast"], act: first },
  { name: "inbox-rtl", sizes: small, query: "dir=rtl", act: first },
  { name: "inbox-200", sizes: small, preferences: { textSize: 200 }, act: first },
  { name: "inbox-1024", sizes: [{ width: 1024, height: 768 }], act: first },
  { name: "inbox-3840", sizes: [{ width: 3840, height: 2160 }], themes: ["light"], act: first },
  { name: "inbox-spanish", sizes: small, language: "es", act: first },
  {
    name: "files",
    sizes: small,
    act: async (page) => {
      await find(page, "amoxicillin");
      await page.getByText("Show formatted").click();
      await page.waitForTimeout(300);
    },
  },
  {
    name: "raw",
    sizes: small,
    act: async (page) => {
      await key(page, "/");
      await page.keyboard.type("Kova");
      await page.waitForTimeout(300);
      await first(page);
      await page.getByRole("button", { name: "Show as it came" }).click();
    },
  },
  {
    name: "reply",
    query: "demo",
    act: async (page) => {
      await first(page);
      await key(page, "r");
      await page.keyboard.type(
        "Dear Renee,\n\nchest tightness with a numb arm needs help right away: please call 911 now.",
      );
      await page.waitForTimeout(700);
    },
  },
  {
    name: "note",
    query: "demo",
    act: async (page) => {
      await first(page);
      await key(page, "n");
      await page.keyboard.type("Rang her sister, she is with her now. @I");
      await page.waitForTimeout(200);
    },
  },
  {
    name: "canned",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "r");
      await page.keyboard.type("/");
    },
  },
  {
    name: "send-menu",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "r");
      await page.keyboard.type("Hello");
      await page.getByRole("button", { name: "More ways to send" }).click();
    },
  },
  {
    name: "sent",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "r");
      await page.keyboard.type("Please call 911 now.");
      await key(page, "Control+Enter");
      await page.waitForTimeout(200);
    },
  },
  {
    name: "failed",
    sizes: small,
    act: async (page) => {
      await key(page, "g", "o");
      await page.waitForTimeout(200);
      await first(page);
    },
  },
  {
    name: "uncertain",
    sizes: small,
    act: async (page) => {
      await key(page, "g", "o");
      await page.waitForTimeout(200);
      await page.getByText("Fatima Haddad").first().click();
    },
  },
  {
    name: "snooze",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "s");
    },
  },
  {
    name: "tag",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "t");
      await page.keyboard.type("chest");
    },
  },
  {
    name: "acuity",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "!");
    },
  },
  {
    name: "assign",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "a");
    },
  },
  {
    name: "bulk",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "x", "j", "x", "j", "x");
    },
  },
  {
    name: "undo",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "e");
      await page.waitForTimeout(300);
    },
  },
  {
    name: "search",
    sizes: small,
    act: async (page) => {
      await key(page, "/");
      await page.keyboard.type("refill ta");
      await page.waitForTimeout(300);
    },
  },
  {
    name: "search-results",
    query: "demo",
    sizes: small,
    act: async (page) => {
      await key(page, "/");
      await page.keyboard.type("appointment");
      await page.waitForTimeout(300);
      await key(page, "Enter");
      await first(page);
      await page.waitForTimeout(300);
    },
  },
  {
    name: "palette",
    sizes: small,
    act: async (page) => {
      await first(page);
      await key(page, "Control+k");
      await page.keyboard.type("s");
      await page.waitForTimeout(300);
    },
  },
  { name: "shortcuts", sizes: small, act: (page) => key(page, "?") },
  { name: "tour", sizes: small, query: "demo", preferences: { tourDone: false } },
  { name: "set-up", query: "state=none", ready: "main" },
  {
    name: "set-up-protection",
    sizes: small,
    query: "state=none",
    ready: "main",
    act: async (page) => {
      await page.getByRole("button", { name: "Set up my practice" }).click();
      await page.getByLabel("Name of the practice").fill("Northside Practice");
      await page.getByLabel("Your name").fill("Lena Moreau");
      await key(page, "Enter");
      await page.getByLabel("Keychain and passphrase").check();
    },
  },
  { name: "set-up-recovery", sizes: small, query: "state=none", ready: "main", act: recovery },
  {
    name: "set-up-account",
    sizes: small,
    query: "state=none",
    ready: "main",
    act: async (page) => {
      await recovery(page);
      await page.getByLabel(/Type group/).fill("2RTA");
      await key(page, "Enter");
      await page.getByLabel("E-mail address").fill("desk@northside.example");
      await page.getByRole("button", { name: "Continue" }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: "locked", sizes: small, query: "state=locked", ready: "main" },
  {
    name: "locked-wrong",
    sizes: small,
    query: "state=locked",
    ready: "main",
    act: async (page) => {
      await page.getByLabel("Passphrase").fill("no");
      await key(page, "Enter");
    },
  },
  ...[
    "wrong_key",
    "keychain_entry_missing",
    "damaged",
    "newer_version",
    "disk_full",
    "read_only",
    "already_open",
    "keychain_locked",
    "no_keychain",
  ].map((problem) => ({
    name: `problem-${problem}`,
    sizes: small,
    themes: ["light"],
    query: `state=locked&problem=${problem}`,
    ready: "main",
  })),
  ...[
    "accounts",
    "staff",
    "tags",
    "pools",
    "views",
    "canned",
    "appearance",
    "shortcuts",
    "sending",
    "backup",
    "protection",
    "audit",
    "about",
  ].map((page_) => ({
    name: `settings-${page_}`,
    sizes: small,
    act: async (page) => {
      await key(page, "Control+,");
      await page
        .getByRole("navigation", { name: /Settings|Ajustes/ })
        .getByRole("listitem")
        .nth(
          [
            "accounts",
            "staff",
            "tags",
            "pools",
            "views",
            "canned",
            "appearance",
            "shortcuts",
            "sending",
            "backup",
            "protection",
            "audit",
            "about",
          ].indexOf(page_),
        )
        .getByRole("button")
        .click();
      await page.waitForTimeout(150);
    },
  })),
];

async function recovery(page) {
  await page.getByRole("button", { name: "Set up my practice" }).click();
  await page.getByLabel("Name of the practice").fill("Northside Practice");
  await page.getByLabel("Your name").fill("Lena Moreau");
  await key(page, "Enter");
  await page.getByRole("button", { name: "Make the practice" }).click();
  await page.getByLabel(/Type group/).waitFor();
}

async function find(page, word) {
  await key(page, "/");
  await page.keyboard.type(word);
  await page.waitForTimeout(300);
  await first(page);
  await page.waitForTimeout(300);
}
