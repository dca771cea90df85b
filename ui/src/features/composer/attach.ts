// Taking files over for a draft: too large ones are refused before a byte is read.
import { attempt } from "$/core/actions";
import { call } from "$/core/desk.svelte";
import { toast } from "$/core/toasts.svelte";
import type { Abilities } from "$/generated/desk";
import { fileSize } from "$/i18n/dates";
import { currentLocale, t } from "$/i18n/i18n.svelte";
import type { DraftState } from "./draft.svelte";

export async function attachFiles(
  files: readonly File[],
  conversation: string,
  abilities: Abilities,
  draft: DraftState,
): Promise<void> {
  for (const file of files) {
    const held = draft.attachments.reduce((sum, { size }) => sum + size, 0);
    if (held + file.size > abilities.max_attachment_bytes) {
      const limit = fileSize(abilities.max_attachment_bytes, currentLocale());
      toast({ text: t("composer.attach_large", { name: file.name, limit }), tone: "error" });
      continue;
    }
    const base64 = await toBase64(file);
    const attached = await attempt(() => call("attach", { conversation, name: file.name, base64 }));
    if (attached) draft.attach([...draft.attachments, attached]);
  }
}

function toBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = typeof reader.result === "string" ? reader.result : "";
      resolve(url.slice(url.indexOf(",") + 1));
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error("unreadable file"));
    };
    reader.readAsDataURL(file);
  });
}
