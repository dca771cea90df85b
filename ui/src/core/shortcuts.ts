// Every command that a key or the palette can run, with the keys it has unless staff change them.
// Titles stand in the catalogues under `command.<id>`.

export type ShortcutGroup = "list" | "triage" | "write" | "go" | "app";
export type Shortcut = { readonly keys: readonly string[]; readonly group: ShortcutGroup };

export const shortcuts = {
  next: { keys: ["j", "arrowdown"], group: "list" },
  previous: { keys: ["k", "arrowup"], group: "list" },
  open: { keys: ["o", "enter"], group: "list" },
  pick: { keys: ["x"], group: "list" },
  pick_all: { keys: ["mod+a"], group: "list" },
  back: { keys: ["esc"], group: "list" },

  claim: { keys: ["c"], group: "triage" },
  assign: { keys: ["a"], group: "triage" },
  tag: { keys: ["t"], group: "triage" },
  pool: { keys: ["p"], group: "triage" },
  snooze: { keys: ["s"], group: "triage" },
  close: { keys: ["e"], group: "triage" },
  reopen: { keys: ["shift+e"], group: "triage" },
  wait: { keys: ["shift+w"], group: "triage" },
  acuity: { keys: ["!"], group: "triage" },
  unread: { keys: ["u"], group: "triage" },
  merge: { keys: ["m"], group: "triage" },
  undo: { keys: ["z", "mod+z"], group: "triage" },

  reply: { keys: ["r"], group: "write" },
  note: { keys: ["n"], group: "write" },
  send: { keys: ["mod+enter"], group: "write" },
  send_close: { keys: ["mod+shift+enter"], group: "write" },
  send_later: { keys: ["mod+alt+enter"], group: "write" },

  go_inbox: { keys: ["g i"], group: "go" },
  go_mine: { keys: ["g m"], group: "go" },
  go_red_flags: { keys: ["g f"], group: "go" },
  go_waiting: { keys: ["g w"], group: "go" },
  go_snoozed: { keys: ["g s"], group: "go" },
  go_drafts: { keys: ["g d"], group: "go" },
  go_outbox: { keys: ["g o"], group: "go" },
  go_closed: { keys: ["g c"], group: "go" },

  search: { keys: ["/"], group: "app" },
  find: { keys: ["mod+f"], group: "app" },
  palette: { keys: ["mod+k"], group: "app" },
  panel: { keys: ["i"], group: "app" },
  settings: { keys: ["mod+,"], group: "app" },
  sync: { keys: ["shift+r"], group: "app" },
  lock: { keys: ["mod+shift+l"], group: "app" },
  help: { keys: ["?"], group: "app" },
} as const satisfies Record<string, Shortcut>;

export type CommandId = keyof typeof shortcuts;
export const commandIds = Object.keys(shortcuts) as CommandId[];

/** Keys that work while typing: those with a modifier, and Escape where a field handles it itself. */
export const worksWhileTyping = (keys: string): boolean => /\bmod\b|\balt\b/.test(keys);

/** The keys of a command, with what staff changed; an empty text means none. */
export function keysOf(id: CommandId, changed: Readonly<Record<string, string>>): readonly string[] {
  const own = changed[id];
  if (own === undefined) return shortcuts[id].keys;
  return own === "" ? [] : [own];
}

/** Which other commands already have these keys. */
export function conflicts(id: CommandId, keys: string, changed: Readonly<Record<string, string>>): CommandId[] {
  return commandIds.filter((other) => other !== id && keysOf(other, changed).includes(keys));
}
