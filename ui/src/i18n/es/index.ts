// The Spanish catalogue. The type makes it complete.
import type { Catalogue } from "../i18n.svelte";
import { audit } from "./audit";
import { common } from "./common";
import { conversation } from "./conversation";
import { inbox } from "./inbox";
import { settings } from "./settings";
import { setup } from "./setup";

export const es: Catalogue = { ...audit, ...common, ...inbox, ...conversation, ...setup, ...settings };
