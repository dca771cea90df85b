import type { Catalogue } from "../i18n.svelte";
import { en } from "../en";
export const es: Catalogue = en;
