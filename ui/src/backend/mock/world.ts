// The mock's practice: tables in memory, filled from the invented letters.
import type {
  AccountView,
  ContactCard,
  ConversationRow,
  ConversationView,
  Counts,
  ListScope,
  MessageView,
  StaffMember,
  Tag,
  TagColour,
  TimelineEntry,
  Vocabulary,
} from "$/generated/desk";
import { type Letter, letters, manyLetters } from "./letters";

export type Conversation = Omit<ConversationView, "row"> & { row: ConversationRow };

const MINUTE = 60_000;
let lastId = 0;
export const id = (kind: string): string => `${kind}-${++lastId}`;

const colours: Record<string, TagColour> = {
  "red flag": "red",
  vaccination: "teal",
  wound: "orange",
  español: "violet",
  refill: "blue",
  medicine: "blue",
  appointment: "green",
  complaint: "orange",
  billing: "yellow",
  forms: "grey",
  diabetes: "pink",
  results: "teal",
  referral: "violet",
};

export class World {
  readonly staff: StaffMember[] = [
    { id: "staff-0", name: "Lena Moreau", role: "administrator", active: true },
    { id: "staff-1", name: "Ines Barros", role: "nurse", active: true },
    { id: "staff-2", name: "Dr. Kofi Osei", role: "doctor", active: true },
    { id: "staff-3", name: "Sam Whitfield", role: "front_desk", active: true },
  ];
  vocabulary: Vocabulary = {
    staff: this.staff,
    pools: ["Front desk", "Nursing", "Clinical review", "Appointments"].map((name, index) => ({
      id: `pool-${index}`,
      name,
    })),
    tags: Object.entries(colours).map(([name, colour], index): Tag => ({
      id: `tag-${index}`,
      name,
      colour,
    })),
    views: [
      { id: "view-1", name: "Vaccination questions", query: "tag:vaccination", only_for: null },
      { id: "view-2", name: "Spanish", query: "tag:español", only_for: "staff-0" },
    ],
    canned: [
      {
        id: "canned-1",
        shortcut: "hours",
        title: "Opening hours",
        text: "Dear {contact.first_name|reader},\n\nwe are open Monday to Friday from 8:00 to 18:00, and on the first Saturday of the month from 9:00 to 13:00.\n\nKind regards\n{staff.name}",
      },
      {
        id: "canned-2",
        shortcut: "refill",
        title: "Refill is ready",
        text: "Dear {contact.first_name|reader},\n\nyour prescription is ready. You can collect it from 14:00 today.\n\nKind regards\n{staff.name}",
      },
      {
        id: "canned-3",
        shortcut: "call",
        title: "Please ring us",
        text: "Dear {contact.first_name|reader},\n\nplease ring us on 555-0100 so that we can find a time together.\n\nKind regards\n{staff.name}",
      },
    ],
  };
  accounts: AccountView[];
  conversations: Conversation[];
  settings: Record<string, unknown> = { hold_seconds: 10 };
  html = new Map<string, string>();

  constructor(many: number, demo: boolean) {
    const now = Date.now();
    const mail = (address: string) => ({
      address,
      from_name: "Northside Practice",
      aliases: [],
      user: address,
      first_days: 90,
      imap: { host: "imap.northside.example", port: 993, security: "tls" },
      smtp: { host: "smtp.northside.example", port: 465, security: "tls" },
    });
    const health = {
      last_good: now - MINUTE,
      trouble: "",
      mend: "",
      progress: null,
      next_try: null,
      outbox_waiting: 0,
    };
    this.accounts = [
      {
        id: "account-1",
        channel: "email",
        address: "desk@northside.example",
        settings: mail("desk@northside.example"),
        health: { ...health, state: "current" },
      },
    ];
    if (!demo) {
      this.accounts.push({
        id: "account-2",
        channel: "email",
        address: "billing@northside.example",
        settings: mail("billing@northside.example"),
        health: {
          ...health,
          state: "sign_in",
          last_good: now - 3 * 3_600_000,
          outbox_waiting: 1,
          trouble: "The mailbox refused the password. Nothing was lost; 1 reply waits.",
          mend: "Enter the password again.",
        },
      });
    }
    this.conversations = [...letters, ...manyLetters(many)].map((letter) => this.#conversation(letter, now));
  }

  #conversation(letter: Letter, now: number): Conversation {
    const at = now - letter.minutes * MINUTE;
    const address = letter.name.includes("@")
      ? letter.name
      : `${letter.name.toLowerCase().replace(/[^a-z]+/g, ".")}@mail.example`;
    const from = { channel: letter.channel ?? ("email" as const), address, name: letter.name };
    const plain = {
      folds: [],
      has_html: false,
      remote_images: 0,
      attachments: [],
      automatic: null,
      protection: "none" as const,
      problems: [],
      removed_elsewhere: false,
      outbox: null,
      findings: null,
      visibility: "private" as const,
      subject: "",
      unread: false,
      staff: null,
    };
    const text = letter.quoted ? `${letter.text}\n\n${letter.quoted}` : letter.text;
    const bytes = (value: string): number => new TextEncoder().encode(value).length;
    const first: MessageView = {
      ...plain,
      id: id("message"),
      kind: "inbound",
      from,
      at,
      text,
      unread: !letter.read,
      folds: letter.quoted ? [{ kind: "quote", start: bytes(`${letter.text}\n\n`), end: bytes(text) }] : [],
      findings: letter.raised && {
        acuity: letter.acuity,
        red_flags: letter.raised.map(([words, reason]) => {
          const start = bytes(text.slice(0, text.indexOf(words)));
          return { start, end: start + bytes(words), text: words, reason, source: "NHS" };
        }),
      },
      has_html: letter.html ?? false,
      remote_images: letter.html ? 2 : 0,
      problems: letter.raw ? ["The message could not be read as mail. It is shown as it came."] : [],
      attachments: (letter.files ?? []).map(([name, media_type, size, danger]) => ({
        id: id("attachment"),
        name,
        media_type,
        size,
        inline: false,
        content_id: null,
        danger: danger ?? null,
        stored: true,
      })),
    };
    if (letter.html) {
      this.html.set(
        first.id,
        `<p>${letter.text.replace(/\n\n/g, "</p><p>")}</p><table border="1"><tr><th>Day</th><th>Time</th></tr><tr><td>Monday</td><td>after 9:30</td></tr><tr><td>Tuesday</td><td>after 9:30</td></tr></table><p><a href="https://example.com/">Our page</a></p>`,
      );
    }
    const messages = [first];
    const timeline: TimelineEntry[] = [];
    const event = (what: string, minutes: number, staff: string | null, details: Record<string, unknown>): void => {
      timeline.push({
        operation: id("operation"),
        at: at + minutes * MINUTE,
        staff,
        what,
        details,
        undoable: true,
      });
    };
    if (letter.flag) event("acuity_set", 0.1, null, { acuity: letter.acuity });
    if (letter.assignee !== undefined)
      event("assigned", 4, `staff-${letter.assignee}`, { staff: `staff-${letter.assignee}` });
    if (letter.note) {
      messages.push({
        ...plain,
        id: id("message"),
        kind: "note",
        from,
        staff: "staff-1",
        at: at + 2 * MINUTE,
        text: letter.note,
      });
    }
    if (letter.answer) {
      messages.push({
        ...plain,
        id: id("message"),
        kind: "reply",
        staff: "staff-0",
        at: at + 20 * MINUTE,
        text: letter.answer,
        from: { channel: "email", address: "desk@northside.example", name: "Northside Practice" },
        outbox: {
          state: letter.outbox ?? "sent",
          not_before: at,
          attempts: 1,
          failure: letter.outbox === "failed" ? "unknown_recipient" : null,
          why: letter.outbox === "failed" ? "550 5.1.1 No such user here" : "",
        },
      });
    }
    const newest = messages.filter(({ kind }) => kind !== "note").at(-1) ?? first;
    const state = letter.state ?? "open";
    const row: ConversationRow = {
      id: id("conversation"),
      contact: `contact-${letter.name}`,
      contact_name: letter.name,
      channel: from.channel,
      account: "account-1",
      visibility: "private",
      subject: letter.subject,
      preview: newest.text.slice(0, 160).replace(/\s+/g, " "),
      preview_is_ours: newest.kind === "reply",
      state: state === "snoozed" ? { state, until: now + 20 * 3_600_000 } : { state },
      acuity: letter.acuity ?? "routine",
      red_flag: letter.flag ?? false,
      pool: `pool-${letter.pool ?? 0}`,
      assignee: letter.assignee === undefined ? null : `staff-${letter.assignee}`,
      tags: (letter.tags ?? []).map((name) => this.vocabulary.tags.find((tag) => tag.name === name)?.id ?? ""),
      unread: letter.read ? 0 : 1,
      messages: messages.length,
      has_attachments: (letter.files?.length ?? 0) > 0,
      has_draft: letter.draft !== undefined,
      outbox: letter.outbox ?? null,
      last_at: newest.at,
      waiting_since: state === "open" ? at : null,
    };
    return {
      row,
      messages,
      timeline,
      older: null,
      continues: null,
      account_address: "desk@northside.example",
      abilities: {
        reply_publicly: false,
        reply_privately: true,
        hide: false,
        like: false,
        edit: false,
        subject: true,
        max_length: null,
        counting: "characters",
        max_attachments: 50,
        max_attachment_bytes: 18 * 1024 * 1024,
        reply_window_minutes: null,
      },
      reply_to: from,
      reply_subject: `Re: ${letter.subject.replace(/^(Re: )+/, "")}`,
      first_unread: letter.read ? null : first.id,
      draft: letter.draft
        ? {
            kind: "reply",
            to: from,
            subject: `Re: ${letter.subject}`,
            text: letter.draft,
            attachments: [],
            staff: "staff-0",
            saved_at: now - 5 * MINUTE,
          }
        : null,
    };
  }

  matches({ row, draft, messages }: Conversation, scope: ListScope): boolean {
    const open = row.state.state === "open";
    switch (scope.kind) {
      case "inbox":
        return open;
      case "mine":
        return open && row.assignee === "staff-0";
      case "unassigned":
        return open && row.assignee === null;
      case "red_flags":
        return open && row.red_flag;
      case "waiting":
      case "snoozed":
      case "closed":
        return row.state.state === scope.kind;
      case "outbox":
        return row.outbox !== null;
      case "drafts":
        return draft !== null;
      case "all":
        return true;
      case "pool":
        return open && row.pool === scope.pool;
      case "view": {
        const view = this.vocabulary.views.find((one) => one.id === scope.view);
        return (
          view !== undefined &&
          this.matches({ row, draft, messages } as Conversation, {
            kind: "query",
            query: view.query,
          })
        );
      }
      case "query":
        return scope.query
          .toLowerCase()
          .split(/\s+/)
          .filter(Boolean)
          .every((word) => {
            if (word.startsWith("tag:"))
              return row.tags.some(
                (tag) => this.vocabulary.tags.find((one) => one.id === tag)?.name.toLowerCase() === word.slice(4),
              );
            if (word === "is:unread") return row.unread > 0;
            if (word.includes(":")) return true;
            return [row.contact_name, row.subject, ...messages.map(({ text }) => text)]
              .join(" ")
              .toLowerCase()
              .includes(word);
          });
    }
  }

  rows(scope: ListScope): ConversationRow[] {
    return this.conversations.filter((one) => this.matches(one, scope)).map(({ row }) => row);
  }

  counts(): Counts {
    const count = (scope: ListScope): number => this.rows(scope).length;
    return {
      inbox: count({ kind: "inbox" }),
      mine: count({ kind: "mine" }),
      unassigned: count({ kind: "unassigned" }),
      red_flags: count({ kind: "red_flags" }),
      waiting: count({ kind: "waiting" }),
      snoozed: count({ kind: "snoozed" }),
      closed: count({ kind: "closed" }),
      outbox: count({ kind: "outbox" }),
      drafts: count({ kind: "drafts" }),
      unread: this.rows({ kind: "inbox" }).filter(({ unread }) => unread > 0).length,
      pools: this.vocabulary.pools.map(({ id: pool }) => [pool, count({ kind: "pool", pool })]),
      views: this.vocabulary.views.map(({ id: view }) => [view, count({ kind: "view", view })]),
    };
  }

  contact(contact: string): ContactCard {
    const own = this.conversations.filter(({ row }) => row.contact === contact);
    const first = own[0];
    return {
      id: contact,
      name: first?.row.contact_name ?? "",
      patient: false,
      merged: [],
      handles: first ? [first.reply_to] : [],
      first_at: Math.min(...own.map(({ row }) => row.last_at)),
      conversations: own.map(({ row }) => row),
      conversation_count: own.length,
    };
  }
}
