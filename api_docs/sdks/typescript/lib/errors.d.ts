import type { Fault, Problem } from "../generated/types.js";

/** A refusal of the API (`code` never changes, see /docs/errors), or `network_error` when nothing answered. */
export declare class SluiceError extends Error {
  constructor(status: number, code: string, message: string, problem?: Problem | null);
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly code: string;
  readonly problem: Problem | null;
  readonly requestId: string;
  readonly errors: Array<Fault>;
  readonly params: Record<string, unknown>;
}
