// The window: commands and events through Tauri. The only file that knows Tauri.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Event } from "$/generated/desk";
import { type Backend, Refusal, type Response } from "./backend";

export const tauri: Backend = {
  async call(name, request) {
    try {
      return (await invoke("call", { name, request })) as Response<typeof name>;
    } catch (thrown) {
      throw Refusal.from(thrown);
    }
  },
  subscribe(listener) {
    const stop = listen<Event>("change", ({ payload }) => {
      listener(payload);
    });
    return () => void stop.then((unlisten) => unlisten());
  },
};
