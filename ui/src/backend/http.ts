// A browser beside `devhost`: commands as POST, the change feed as server-sent events.
import type { Event } from "$/generated/desk";
import { type Backend, Refusal, type Response } from "./backend";

export const http: Backend = {
  async call(name, request) {
    let answer: globalThis.Response;
    try {
      answer = await fetch(`/call/${name}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
      });
    } catch (thrown) {
      throw Refusal.from(thrown);
    }
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw Refusal.from(body);
    return body as Response<typeof name>;
  },
  subscribe(listener) {
    const events = new EventSource("/events");
    events.onmessage = ({ data }: MessageEvent<string>) => {
      listener(JSON.parse(data) as Event);
    };
    return () => {
      events.close();
    };
  },
};
