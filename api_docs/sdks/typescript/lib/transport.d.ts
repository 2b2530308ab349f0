import type { DataRow } from "../generated/types.js";
import type { KeySource } from "./signing.js";

export interface Settings {
  /** Where the API is, without a path: `https://api.sluice.example`. */
  baseUrl: string;
  /** The bank the token is for: `bnk_…`. */
  bank: string;
  clientId: string;
  /** Sandbox only: `sk_test_…`. */
  clientSecret?: string;
  /** Live, or in the sandbox as it will be live: signs tokens, and every call that moves money. */
  privateKey?: KeySource;
  /** The `kid` the public key is registered with. */
  keyId?: string;
  /** Scopes, separated by spaces; without it, all the client may have. */
  scope?: string;
  /** The version to be answered in, `API_VERSION` for instance; without it the newest. */
  version?: string;
  /** How often a call is sent again: 3. */
  retries?: number;
  timeoutMs?: number;
  fetch?: typeof globalThis.fetch;
  sleep?: (ms: number) => Promise<void>;
}

export interface CallOptions {
  /** Say it yourself to be able to send the call again after a restart; else each call gets one of its own. */
  idempotencyKey?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Rows of a batch, one JSON object a line: objects, or the text or bytes of a file. */
export type Lines = Iterable<DataRow> | string | Uint8Array;

export declare function part(id: string): string;

export declare class Transport {
  constructor(settings: Settings);
  readonly bank: string;
  /** The same client at another bank: `bnk_…`, or the `resource` of a test clock. */
  at(bank: string): this;
  /** The token in use; asked for again a minute before it ends. */
  token(): Promise<string>;
  sleep(ms: number): Promise<void>;
}
