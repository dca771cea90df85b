// The English catalogue: the one that the others are measured by.
import { common } from "./common";
import { conversation } from "./conversation";
import { inbox } from "./inbox";
import { settings } from "./settings";
import { setup } from "./setup";

export const en = { ...common, ...inbox, ...conversation, ...setup, ...settings } as const;
