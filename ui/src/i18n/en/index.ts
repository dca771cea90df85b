// The English catalogue: the one that the others are measured by.
import { audit } from "./audit";
import { common } from "./common";
import { conversation } from "./conversation";
import { inbox } from "./inbox";
import { settings } from "./settings";
import { setup } from "./setup";

export const en = { ...audit, ...common, ...inbox, ...conversation, ...setup, ...settings } as const;
