// The pages of the settings, in their order.
import type { SettingsPage } from "$/core/session.svelte";

const order: SettingsPage[] = [
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
];
export const settingsPages = order.map((id) => ({ id }));
