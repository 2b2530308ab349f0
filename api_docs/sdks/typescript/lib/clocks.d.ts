import type { AdvanceBody, Clock, ClockBody, ClockGone } from "../generated/types.js";
import type { Sluice } from "../generated/client.js";
import type { CallOptions } from "./transport.js";

export interface Patience {
  timeoutMs?: number;
  everyMs?: number;
}

/** A page of a list. */
export interface Page<T> {
  data: Array<T>;
  has_more: boolean;
  next_cursor: string | null;
}

/** Read until what is read is as wanted: `until(() => sluice.getDrawdown(id), (one) => one.status === "paid_out")`. */
export declare function until<T>(read: () => Promise<T>, isDone: (found: T) => boolean, patience?: Patience): Promise<T>;

/** All objects of a list, page by page: `for await (const loan of every((after) => sluice.listLoans({ after })))`. */
export declare function every<T>(readPage: (after: string | undefined) => Promise<Page<T>>): AsyncGenerator<T, void>;

/** Move a test clock and wait until it has arrived; a day that could not be ended is an error. */
export declare function advanceAndWait(
  sluice: Sluice,
  clockId: string,
  body: AdvanceBody,
  patience?: Patience & { idempotencyKey?: string },
): Promise<Clock>;

/** A test clock under way, and a client for its bank. */
export interface RunningClock {
  readonly id: string;
  readonly clock: Clock;
  readonly sluice: Sluice;
  advance(to: AdvanceBody, patience?: Patience): Promise<Clock>;
  delete(): Promise<ClockGone>;
}

/** Begin a test clock: a bank of one's own; the answer has a client for it. */
export declare function beginClock(sluice: Sluice, body: ClockBody, options?: CallOptions): Promise<RunningClock>;
