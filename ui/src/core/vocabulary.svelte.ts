// The practice's words by id: tags, pools, staff, views. One live answer, shared by all screens.
import type { Canned, Pool, Role, StaffMember, Tag, View, Vocabulary } from "$/generated/desk";
import { useQuery } from "./desk.svelte";

let current = $state.raw<Vocabulary>({ staff: [], pools: [], tags: [], views: [], canned: [] });
let me = $state.raw<StaffMember>();
const tags = $derived(new Map(current.tags.map((tag) => [tag.id, tag])));
const pools = $derived(new Map(current.pools.map((pool) => [pool.id, pool])));
const staff = $derived(new Map(current.staff.map((member) => [member.id, member])));

export const words = {
  get tags(): Tag[] {
    return current.tags;
  },
  get pools(): Pool[] {
    return current.pools;
  },
  get staff(): StaffMember[] {
    return current.staff;
  },
  get views(): View[] {
    return current.views;
  },
  get canned(): Canned[] {
    return current.canned;
  },
  get me(): StaffMember | undefined {
    return me;
  },
  tag: (id: string): Tag | undefined => tags.get(id),
  pool: (id: string): Pool | undefined => pools.get(id),
  member: (id: string | null): StaffMember | undefined => (id === null ? undefined : staff.get(id)),
};

export const isAdministrator = (): boolean => me?.role === "administrator";

/** Roles that may change tags, pools and canned responses; the core decides, this greys out. */
export const mayEditVocabulary = (): boolean =>
  (["nurse", "administrator"] as Role[]).includes(me?.role ?? "front_desk");

/** Called once by the view that shows an open practice. */
export function followVocabulary(signedIn: () => StaffMember): void {
  const answer = useQuery("vocabulary", () => null);
  $effect(() => {
    if (answer.data) current = answer.data;
  });
  $effect(() => {
    me = signedIn();
  });
}
