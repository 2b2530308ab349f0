import type { WebhookEvent } from "../generated/types.js";

/**
 * Return the event of a message that is really from the bank; throws a `SluiceError` for any other.
 * `keys`: the endpoint's secret (`whsec_…`) or public key (`whpk_…`), or several during a rotation.
 * `body`: the bytes as they came, before any parser.
 */
export declare function verifyWebhook(
  keys: string | Array<string>,
  headers: Headers | Record<string, string | Array<string> | undefined>,
  body: string | Uint8Array,
  options?: { toleranceSeconds?: number; now?: number },
): Promise<WebhookEvent>;
