// Which backend this page runs on. The mock exists only in development builds.
import { type Backend } from "./backend";

export async function chooseBackend(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in globalThis) return (await import("./tauri")).tauri;
  if (import.meta.env.MODE !== "production" && !new URLSearchParams(location.search).has("core")) {
    return (await import("./mock/mock")).mock(location.search);
  }
  return (await import("./http")).http;
}
