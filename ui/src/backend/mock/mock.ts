// A practice in the page's memory, for developing screens and taking pictures of them. It answers like
// the core but checks little. `?state=none|locked`, `?problem=<code>`, `?many=<n>`, `?empty`, `?syncing`.
import type { Action, CommandError, Commands, ErrorCode, Event, PracticeStatus } from "$/generated/desk";
import type { CommandName } from "$/generated/desk";
import { type Backend, Refusal, type Request, type Response } from "../backend";
import { type Conversation, id, World } from "./world";

type Handlers = {
  [N in CommandName]?: (request: Request<N>) => Response<N> | Promise<Response<N>>;
};

const order = ["administrative", "routine", "same_day", "emergency"];

export function mock(search: string): Backend {
  const asked = new URLSearchParams(search);
  const listeners = new Set<(event: Event) => void>();
  const tell = (event: Event): void => {
    setTimeout(
      () =>
        listeners.forEach((hear) => {
          hear(event);
        }),
      0,
    );
  };
  let world = new World(Number(asked.get("many") ?? 40), asked.has("demo"));
  const refused = (code: ErrorCode): CommandError => ({
    code,
    message: `The core said: ${code}.`,
    help: "Look at the screen.",
  });
  const open = (name: string, demo: boolean): PracticeStatus => ({
    state: "open",
    name,
    demo,
    protection: "keychain",
    me: world.staff[0] ?? { id: "", name: "", role: "administrator", active: true },
  });
  let practice: PracticeStatus = open("Northside Practice", asked.has("demo"));
  const problem = asked.get("problem") as ErrorCode | null;
  if (asked.get("state") === "none") practice = { state: "none" };
  if (asked.get("state") === "locked") {
    practice = { state: "locked", protection: "passphrase", problem: problem && refused(problem) };
  }
  if (asked.has("empty")) world.conversations = [];
  const syncing = world.accounts[0];
  if (asked.has("syncing") && syncing) {
    syncing.health = {
      ...syncing.health,
      state: "catching_up",
      progress: { done: 1_240, total: 4_810 },
    };
  }
  if (asked.has("offline") && syncing) {
    syncing.health = {
      ...syncing.health,
      state: "offline",
      trouble: "The mail server cannot be reached. Nothing was lost.",
      mend: "Anteroom tries again by itself.",
    };
  }
  const before: { operation: string; conversations: Conversation[] }[] = [];
  const find = (conversation: string): Conversation => {
    const found = world.conversations.find(({ row }) => row.id === conversation);
    if (!found) throw new Refusal(refused("not_found"));
    return found;
  };
  const remember = (): string => {
    const operation = id("operation");
    before.push({ operation, conversations: structuredClone(world.conversations) });
    return operation;
  };
  const change = (one: Conversation, action: Action): void => {
    const { row } = one;
    switch (action.action) {
      case "add_tag":
        row.tags = [...new Set([...row.tags, action.tag])];
        break;
      case "take_tag":
        row.tags = row.tags.filter((tag) => tag !== action.tag);
        break;
      case "claim":
        row.assignee = "staff-0";
        break;
      case "assign":
        row.assignee = action.staff;
        break;
      case "release":
        row.assignee = null;
        break;
      case "pool":
        row.pool = action.pool;
        break;
      case "close":
        row.state = { state: "closed" };
        break;
      case "reopen":
        row.state = { state: "open" };
        break;
      case "wait":
        row.state = { state: "waiting" };
        break;
      case "snooze":
        row.state = { state: "snoozed", until: action.until };
        break;
      case "set_acuity":
        row.acuity = action.acuity;
        break;
      case "mark_read":
        row.unread = 0;
        break;
      case "mark_unread":
        row.unread = 1;
        break;
    }
    if (action.action !== "mark_read") {
      const what = {
        add_tag: "tag_added",
        take_tag: "tag_taken",
        claim: "assigned",
        assign: "assigned",
        release: "assigned",
        pool: "pooled",
        set_acuity: "acuity_set",
      } as Record<string, string>;
      one.timeline = [
        ...one.timeline,
        {
          operation: id("operation"),
          at: Date.now(),
          staff: "staff-0",
          what: what[action.action] ?? "state_set",
          details: { ...action, staff: row.assignee, state: row.state },
          undoable: true,
        },
      ];
    }
  };
  const changed = (...ids: string[]): void => {
    tell({ kind: "conversations", ids });
  };
  const reply = (message: string): [Conversation, Conversation["messages"][number]] => {
    for (const one of world.conversations) {
      const found = one.messages.find((candidate) => candidate.id === message);
      if (found) return [one, found];
    }
    throw new Refusal(refused("not_found"));
  };
  const page = (rows: Conversation["row"][], cursor: string | null, limit: number | null): Response<"list"> => {
    const from = Number(cursor ?? 0);
    const to = from + (limit ?? 100);
    return {
      rows: structuredClone(rows.slice(from, to)),
      next: to < rows.length ? String(to) : null,
    };
  };
  const opened = (name: string, demo: boolean): Record<string, never> => {
    practice = open(name, demo);
    tell({ kind: "practice" });
    return {};
  };
  const finish = (one: Conversation, message: string, then: string): void => {
    const [, sent] = reply(message);
    if (sent.outbox?.state !== "held") return;
    one.messages = one.messages.map((m) =>
      m.id === message && m.outbox ? { ...m, outbox: { ...m.outbox, state: "sent" } } : m,
    );
    one.row = {
      ...one.row,
      outbox: null,
      waiting_since: null,
      state: { state: then === "close" ? "closed" : then === "wait" ? "waiting" : "open" },
    };
    changed(one.row.id);
  };

  const handlers: Handlers = {
    status: () => ({ practice, version: "0.1.0", keychain: true, demo_exists: asked.has("demo") }),
    create_practice: ({ name }) => {
      world = new World(0, true);
      world.conversations = [];
      world.accounts = [];
      practice = open(name, false);
      return { recovery_key: "K7QD-9MFX-2RTA-PW4H-JN8C-5VZE-T3YB-G6LS" };
    },
    new_recovery_key: () => ({ recovery_key: "K7QD-9MFX-2RTA-PW4H-JN8C-5VZE-T3YB-G6LS" }),
    unlock: ({ passphrase }) => {
      if (passphrase !== "correct horse")
        throw new Refusal({
          code: "wrong_passphrase",
          message: "That passphrase does not open the practice. Nothing was changed.",
          help: "Try again, or use the recovery key.",
        });
      return opened("Northside Practice", false);
    },
    recover: () => opened("Northside Practice", false),
    lock: () => {
      practice = { state: "locked", protection: "passphrase", problem: null };
      tell({ kind: "practice" });
      return {};
    },
    start_demo: () => {
      world = new World(40, true);
      return opened("Demo practice", true);
    },
    leave_demo: () => {
      practice = { state: "none" };
      tell({ kind: "practice" });
      return {};
    },
    remove_demo: () => {
      practice = { state: "none" };
      tell({ kind: "practice" });
      return {};
    },
    change_protection: () => ({}),
    vocabulary: () => structuredClone(world.vocabulary),
    settings: () => ({ values: { ...world.settings } }),
    counts: () => world.counts(),
    list: ({ scope, sort, cursor, limit }) => {
      const rows = world.rows(scope);
      const urgency = (acuity: string): number => order.indexOf(acuity);
      rows.sort((a, b) =>
        sort === "newest"
          ? b.last_at - a.last_at
          : sort === "waiting"
            ? (a.waiting_since ?? Infinity) - (b.waiting_since ?? Infinity)
            : urgency(b.acuity) - urgency(a.acuity) || a.last_at - b.last_at,
      );
      return page(rows, cursor, limit);
    },
    conversation: ({ conversation }) => {
      const one = find(conversation);
      const answer = structuredClone(one);
      one.row = { ...one.row, unread: 0 };
      return answer;
    },
    older_messages: () => ({ messages: [], older: null }),
    message_html: ({ message }) => ({ html: world.html.get(message) ?? "", remote_images: 2 }),
    message_source: () => ({
      source: 'From: vera@mail.example\nSubject: =?utf-8?Q?\n\nContent-Type: multipart/mixed; boundary="x\n',
    }),
    attachment: ({ attachment }) => ({
      id: attachment,
      name: "file",
      media_type: "text/plain",
      base64: btoa("An invented file."),
    }),
    save_attachment: () => ({ path: "/home/lena/Downloads/herida-rodilla.jpg" }),
    contact: ({ contact }) => world.contact(contact),
    search: ({ query, cursor }) => {
      const rows = world.rows({ kind: "query", query }).sort((a, b) => b.last_at - a.last_at);
      const terms = query.split(/\s+/).filter((word) => word && !word.includes(":"));
      const { rows: shown, next } = page(rows, cursor, 50);
      const all = world.conversations.map(({ row }) => row.last_at);
      return {
        hits: shown.map((row) => {
          const text = find(row.id).messages[0]?.text.replace(/\s+/g, " ") ?? "";
          const at = terms[0] ? text.toLowerCase().indexOf(terms[0].toLowerCase()) : -1;
          const snippet =
            at < 0 || !terms[0]
              ? text.slice(0, 120)
              : `${text.slice(Math.max(0, at - 30), at)}\u2068${text.slice(at, at + terms[0].length)}\u2069${text.slice(at + terms[0].length, at + 90)}`;
          return { row, message: find(row.id).messages[0]?.id ?? null, snippet };
        }),
        next,
        total: rows.length,
        total_limit: 10_000,
        problems: [],
        terms,
        range: all.length ? [Math.min(...all), Math.max(...all)] : null,
      };
    },
    audit: () => ({
      entries: Array.from({ length: 12 }, (_, index) => ({
        seq: 40 - index,
        operation: id("operation"),
        at: Date.now() - index * 460_000,
        staff: index % 3 ? "staff-0" : null,
        what: ["conversation_viewed", "tag_added", "state_set", "reply_sent"][index % 4] ?? "",
        conversation: null,
      })),
    }),
    verify_audit: () => ({
      entries: 412,
      head: "9f2c4e0a77b1d3e85c6f90a1b2c3d4e5f60718293a4b5c6d7e8f901a2b3c4d5e",
      breaks: [],
      erased: 0,
    }),
    act: ({ targets, action }) => {
      const operation = remember();
      const chosen =
        targets.kind === "ids"
          ? targets.ids.map(find)
          : world.conversations.filter((one) => world.matches(one, targets.scope));
      for (const one of chosen) {
        one.row = { ...one.row };
        change(one, action);
      }
      changed(...chosen.map(({ row }) => row.id));
      return { operation, changed: chosen.length };
    },
    merge: ({ into, from }) => {
      const operation = remember();
      find(into).messages = [...find(into).messages, ...find(from).messages].sort((a, b) => a.at - b.at);
      world.conversations = world.conversations.filter(({ row }) => row.id !== from);
      changed(into, from);
      return { operation, changed: 1 };
    },
    split: ({ from, messages }) => {
      const operation = remember();
      const source = find(from);
      const made: Conversation = structuredClone(source);
      made.row.id = id("conversation");
      made.messages = source.messages.filter((message) => messages.includes(message.id));
      source.messages = source.messages.filter((message) => !messages.includes(message.id));
      world.conversations.push(made);
      changed(from, made.row.id);
      return { conversation: made.row.id, operation };
    },
    undo: ({ operation }) => {
      const index = operation ? before.findIndex((one) => one.operation === operation) : before.length - 1;
      const saved = before[index];
      if (!saved)
        throw new Refusal({
          code: "cannot_undo",
          message: "There is nothing left to undo.",
          help: "Changes can be undone for seven days.",
        });
      before.length = index;
      world.conversations = saved.conversations;
      changed();
      return { operation: null, changed: 1 };
    },
    save_draft: ({ conversation, kind, to, subject, text, attachments }) => {
      const one = find(conversation);
      const files = one.draft?.attachments.filter((file) => attachments.includes(file.id)) ?? [];
      one.draft = {
        kind,
        to,
        subject,
        text,
        attachments: files,
        staff: "staff-0",
        saved_at: Date.now(),
      };
      one.row = { ...one.row, has_draft: true };
      return {};
    },
    discard_draft: ({ conversation }) => {
      const one = find(conversation);
      one.draft = null;
      one.row = { ...one.row, has_draft: false };
      return {};
    },
    attach: ({ name, base64 }) => ({
      id: id("attachment"),
      name,
      media_type: "application/octet-stream",
      size: Math.floor(base64.length * 0.75),
      inline: false,
      content_id: null,
      danger: null,
      stored: true,
    }),
    add_note: ({ conversation, text }) => {
      const one = find(conversation);
      const template = one.messages[0];
      const note = id("message");
      if (template)
        one.messages = [
          ...one.messages,
          {
            ...template,
            id: note,
            kind: "note",
            findings: null,
            staff: "staff-0",
            at: Date.now(),
            text,
            folds: [],
            attachments: [],
            problems: [],
            unread: false,
            has_html: false,
            remote_images: 0,
          },
        ];
      one.draft = null;
      one.row = { ...one.row, has_draft: false };
      changed(conversation);
      return { note };
    },
    send_reply: ({ conversation, text, send_at, then }) => {
      const one = find(conversation);
      const template = one.messages[0];
      const message = id("message");
      const held = send_at ?? Date.now() + Number(world.settings["hold_seconds"]) * 1000;
      if (template) {
        one.messages = [
          ...one.messages,
          {
            ...template,
            id: message,
            kind: "reply",
            findings: null,
            staff: "staff-0",
            at: Date.now(),
            text,
            folds: [],
            attachments: [],
            problems: [],
            unread: false,
            has_html: false,
            remote_images: 0,
            from: { channel: "email", address: one.account_address, name: "Northside Practice" },
            outbox: { state: "held", not_before: held, attempts: 0, failure: null, why: "" },
          },
        ];
      }
      one.draft = null;
      one.row = {
        ...one.row,
        has_draft: false,
        outbox: "held",
        preview: text.slice(0, 120),
        preview_is_ours: true,
      };
      changed(conversation);
      if (!send_at)
        setTimeout(() => {
          finish(one, message, then);
        }, held - Date.now());
      return { reply: message, held_until: held };
    },
    cancel_reply: ({ reply: message }) => {
      const [one, found] = reply(message);
      one.messages = one.messages.filter(({ id: other }) => other !== message);
      one.draft = {
        kind: "reply",
        to: one.reply_to,
        subject: one.reply_subject,
        text: found.text,
        attachments: [],
        staff: "staff-0",
        saved_at: Date.now(),
      };
      one.row = { ...one.row, outbox: null, has_draft: true };
      changed(one.row.id);
      return { operation: null, changed: 1 };
    },
    retry_reply: ({ reply: message }) => {
      const [one, found] = reply(message);
      if (found.outbox) found.outbox = { ...found.outbox, state: "sent", failure: null, why: "" };
      one.row = { ...one.row, outbox: null };
      changed(one.row.id);
      return { operation: null, changed: 1 };
    },
    resolve_reply: ({ reply: message, verdict }) => {
      const [one, found] = reply(message);
      if (found.outbox) found.outbox = { ...found.outbox, state: verdict === "do_not_send" ? "failed" : "sent" };
      one.row = { ...one.row, outbox: null };
      changed(one.row.id);
      return { operation: null, changed: 1 };
    },
    save_tag: ({ id: known, name, colour }) => {
      const tag = { id: known ?? id("tag"), name, colour };
      world.vocabulary.tags = [...world.vocabulary.tags.filter((one) => one.id !== tag.id), tag].sort((a, b) =>
        a.name.localeCompare(b.name),
      );
      return { id: tag.id };
    },
    remove_tag: ({ tag }) => {
      world.vocabulary.tags = world.vocabulary.tags.filter((one) => one.id !== tag);
      return { operation: null, changed: 1 };
    },
    save_pool: ({ id: known, name }) => {
      const pool = { id: known ?? id("pool"), name };
      const index = world.vocabulary.pools.findIndex((one) => one.id === pool.id);
      if (index >= 0) world.vocabulary.pools[index] = pool;
      else world.vocabulary.pools.push(pool);
      return { id: pool.id };
    },
    remove_pool: ({ pool }) => {
      world.vocabulary.pools = world.vocabulary.pools.filter((one) => one.id !== pool);
      return { operation: null, changed: 1 };
    },
    save_view: ({ id: known, name, query, only_for_me }) => {
      const view = {
        id: known ?? id("view"),
        name,
        query,
        only_for: only_for_me ? "staff-0" : null,
      };
      world.vocabulary.views = [...world.vocabulary.views.filter((one) => one.id !== view.id), view];
      return { id: view.id };
    },
    remove_view: ({ view }) => {
      world.vocabulary.views = world.vocabulary.views.filter((one) => one.id !== view);
      return { operation: null, changed: 1 };
    },
    save_canned: ({ id: known, ...rest }) => {
      const canned = { id: known ?? id("canned"), ...rest };
      world.vocabulary.canned = [...world.vocabulary.canned.filter((one) => one.id !== canned.id), canned];
      return { id: canned.id };
    },
    remove_canned: ({ canned }) => {
      world.vocabulary.canned = world.vocabulary.canned.filter((one) => one.id !== canned);
      return { operation: null, changed: 1 };
    },
    save_staff: ({ id: known, ...rest }) => {
      const member = { id: known ?? id("staff"), ...rest };
      const index = world.staff.findIndex((one) => one.id === member.id);
      if (index >= 0) world.staff[index] = member;
      else world.staff.push(member);
      return { id: member.id };
    },
    save_setting: ({ key, value }) => {
      world.settings[key] = value;
      return { operation: null, changed: 1 };
    },
    save_contact: ({ contact, name }) => {
      for (const one of world.conversations)
        if (one.row.contact === contact) one.row = { ...one.row, contact_name: name };
      changed();
      return { operation: null, changed: 1 };
    },
    erase_contact: ({ contact }) => {
      const own = world.conversations.filter(({ row }) => row.contact === contact);
      world.conversations = world.conversations.filter(({ row }) => row.contact !== contact);
      changed();
      return { conversations: own.length, messages: own.length, attachments: 0 };
    },
    accounts: () => ({ accounts: structuredClone(world.accounts) }),
    discover: ({ address }) => ({
      account: {
        address,
        from_name: "",
        aliases: [],
        user: address,
        first_days: 90,
        imap: { host: `imap.${address.split("@")[1] ?? ""}`, port: 993, security: "tls" },
        smtp: { host: `smtp.${address.split("@")[1] ?? ""}`, port: 465, security: "tls" },
      },
      source: "Found in the address's own records.",
      confirmed: !address.includes("unknown"),
    }),
    check_account: ({ password }) => {
      if (password === "wrong")
        throw new Refusal({
          code: "sign_in_refused",
          message: "The server refused the name or the password. Nothing was saved.",
          help: "Check both. Some providers want an app password.",
        });
      return { remarks: ["New mail is announced at once."] };
    },
    save_account: ({ id: known, account }) => {
      const saved = {
        id: known ?? id("account"),
        channel: "email" as const,
        address: account.address,
        settings: account,
        health: {
          state: "catching_up" as const,
          last_good: null,
          trouble: "",
          mend: "",
          progress: { done: 120, total: 4_810 },
          next_try: null,
          outbox_waiting: 0,
        },
      };
      world.accounts = [...world.accounts.filter((one) => one.id !== saved.id), saved];
      return { id: saved.id };
    },
    remove_account: ({ account }) => {
      world.accounts = world.accounts.filter((one) => one.id !== account);
      return { operation: null, changed: 1 };
    },
    sync_now: () => ({}),
    stop_sync: ({ account }) => {
      const one = world.accounts.find((other) => other.id === account);
      if (one) one.health = { ...one.health, state: "stopped", progress: null };
      return {};
    },
    resume_sync: ({ account }) => {
      const one = world.accounts.find((other) => other.id === account);
      if (one) one.health = { ...one.health, state: "current" };
      return {};
    },
    backups: () => ({
      newest: {
        path: "/home/lena/.local/share/anteroom/backups/2026-03-10.anteroom",
        bytes: 48_210_332,
        made_at: Date.now() - 9 * 3_600_000,
      },
      folder: "/home/lena/.local/share/anteroom/backups",
      drilled_at: Date.now() - 5 * 86_400_000,
    }),
    make_backup: () => ({
      path: "/home/lena/.local/share/anteroom/backups/2026-03-11.anteroom",
      bytes: 48_400_112,
      made_at: Date.now(),
    }),
    restore_drill: () => ({ equal: true, tables: 24, messages: 48_213, differences: [] }),
    import: () => ({ found: 120, stored: 118, known: 2, unreadable: 0, too_large: 0 }),
    stop_work: () => ({}),
  };

  return {
    async call(name, request) {
      await new Promise((wake) => setTimeout(wake, asked.has("slow") ? 2000 : 4));
      if (asked.get("broken") === name)
        throw new Refusal({
          code: "internal",
          message: "The list could not be read. Nothing was lost.",
          help: "Try again; if it happens again, restart Anteroom.",
        });
      const handler = handlers[name] as ((request: unknown) => Commands[typeof name]["response"]) | undefined;
      if (!handler) throw new Refusal(refused("internal"));
      return handler(request);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
