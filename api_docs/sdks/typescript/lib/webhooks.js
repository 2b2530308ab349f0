// Standard Webhooks: v1 (HMAC-SHA256, `whsec_…`) and v1a (Ed25519, `whpk_…`).

import { bytesOf, webCrypto } from "./signing.js";
import { SluiceError } from "./errors.js";

const text = new TextEncoder();

/** Return the event of a message that is really from the bank; throws for any other. */
export async function verifyWebhook(keys, headers, body, { toleranceSeconds = 300, now = Date.now() } = {}) {
  const raw = typeof body === "string" ? text.encode(body) : body;
  const read = reader(headers);
  const [id, sentAt, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(read);
  if (!/^\d{1,12}$/.test(sentAt) || Math.abs(now / 1000 - Number(sentAt)) > toleranceSeconds) {
    throw new SluiceError(0, "webhook_too_old", "too old, or from the future");
  }
  const head = text.encode(`${id}.${sentAt}.`);
  const content = new Uint8Array(head.length + raw.length);
  content.set(head);
  content.set(raw, head.length);
  for (const one of signatures.split(" ")) {
    const [kind, signature] = one.split(",", 2);
    for (const key of [keys].flat()) {
      if (await isSigned(key, kind, signature ?? "", content)) return JSON.parse(new TextDecoder().decode(raw));
    }
  }
  throw new SluiceError(0, "webhook_not_ours", "no signature is ours");
}

async function isSigned(key, kind, signature, content) {
  const { subtle } = await webCrypto();
  const secret = key.startsWith("whsec_") && kind === "v1";
  if (!secret && !(key.startsWith("whpk_") && kind === "v1a")) return false;
  const algorithm = secret ? { name: "HMAC", hash: "SHA-256" } : { name: "Ed25519" };
  try {
    const raw = bytesOf(key.slice(key.indexOf("_") + 1));
    const imported = await subtle.importKey("raw", raw, algorithm, false, ["verify"]);
    return await subtle.verify(algorithm, imported, bytesOf(signature), content);
  } catch {
    return false;
  }
}

function reader(headers) {
  if (typeof headers.get === "function") return (name) => headers.get(name) ?? "";
  const small = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => String(small[name] ?? "");
}
