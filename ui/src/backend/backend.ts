// The one door to the core: commands by name, and the change feed. Everything above speaks to this
// interface, so the same screens run in the window, in a browser beside `devhost`, and on a mock.
import type { CommandError, CommandName, Commands, ErrorCode, Event } from "$/generated/desk";

export type Request<N extends CommandName> = Commands[N]["request"];
export type Response<N extends CommandName> = Commands[N]["response"];

export interface Backend {
  /** Runs a command. Rejects with a {@link Refusal}, never with anything else. */
  call<N extends CommandName>(name: N, request: Request<N>): Promise<Response<N>>;
  /** Hears the change feed until the returned function is called. */
  subscribe(listener: (event: Event) => void): () => void;
}

/** A command that could not do what was asked, in the core's words. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly help: string;

  constructor({ code, message, help }: CommandError) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.help = help;
  }

  /** Whatever was thrown, as a refusal. */
  static from(thrown: unknown): Refusal {
    if (thrown instanceof Refusal) return thrown;
    if (isCommandError(thrown)) return new Refusal(thrown);
    return new Refusal({
      code: "internal",
      message: "Anteroom's core did not answer. Nothing you saved was lost.",
      help: "Try again; if it happens again, restart Anteroom.",
    });
  }
}

function isCommandError(value: unknown): value is CommandError {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    "message" in value &&
    typeof value.message === "string"
  );
}
