// What every call has in common: a token in time, one idempotency key however often it is sent, a signature.

import { SluiceError, errorOf } from "./errors.js";
import { assertion, signedHeaders, signingKey, webCrypto } from "./signing.js";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const IN_FLIGHT = new Set(["idempotency_key_in_use", "lock_timeout"]);
const EARLY_SECONDS = 60;
const LONGEST_WAIT_SECONDS = 60;
const text = new TextEncoder();

export const part = (id) => encodeURIComponent(id);

export class Transport {
  #settings;
  #token = null;
  #key = null;

  constructor(settings) {
    const { baseUrl, bank, clientId, clientSecret, privateKey } = settings;
    if (!baseUrl || !bank || !clientId) throw new TypeError("baseUrl, bank and clientId are needed");
    if (!clientSecret === !privateKey) throw new TypeError("give a clientSecret (sandbox) or a privateKey");
    this.#settings = {
      retries: 3,
      timeoutMs: 30_000,
      fetch: globalThis.fetch,
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
      ...settings,
      baseUrl: baseUrl.replace(/\/+$/, ""),
    };
  }

  get bank() {
    return this.#settings.bank;
  }

  /** The same client at another bank: `bnk_…`, or the `resource` of a test clock. */
  at(bank) {
    return new this.constructor({ ...this.#settings, bank: bank.split("/").at(-1) });
  }

  async sleep(ms) {
    await this.#settings.sleep(ms);
  }

  /** The token in use; asked for again a minute before it ends. */
  async token() {
    const held = await this.#token?.catch(() => null);
    if (!held || Date.now() >= held.renewAt) {
      const asked = this.#askToken();
      this.#token = asked;
      return (await asked).token;
    }
    return held.token;
  }

  async #askToken() {
    const { baseUrl, bank, clientId, clientSecret, scope } = this.#settings;
    const form = new URLSearchParams({ grant_type: "client_credentials", resource: `${baseUrl}/banks/${bank}` });
    if (scope) form.set("scope", scope);
    const url = `${baseUrl}/oauth/token`;
    const answer = await this.#resend(true, async () => {
      if (clientSecret) {
        form.set("client_id", clientId);
        form.set("client_secret", clientSecret);
      } else {
        form.set("client_assertion_type", ASSERTION_TYPE);
        form.set("client_assertion", await assertion(await this.#signingKey(), clientId, url));
      }
      return [url, { method: "POST", body: form }];
    });
    const { access_token: token, expires_in: seconds } = await answer.json();
    return { token, renewAt: Date.now() + Math.max(seconds - EARLY_SECONDS, seconds / 2) * 1000 };
  }

  #signingKey() {
    this.#key ??= signingKey(this.#settings.privateKey, this.#settings.keyId);
    return this.#key;
  }

  /** Send a call; `options` may carry an idempotency key, further headers and a signal. */
  async send(call, options = {}) {
    const { method, path, query, body, lines, offset, ifMatch, keyed, movesMoney } = call;
    const url = this.#settings.baseUrl + path + asQuery(query);
    const data = lines === undefined ? (keyed || body !== undefined ? jsonOf(body) : undefined) : linesOf(lines);
    const headers = { accept: "application/json" };
    if (this.#settings.version) headers["sluice-version"] = this.#settings.version;
    if (data) headers["content-type"] = lines === undefined ? "application/json" : "application/x-ndjson";
    if (offset !== undefined) headers["upload-offset"] = String(offset);
    if (ifMatch !== undefined) headers["if-match"] = ifMatch;
    if (keyed) headers["idempotency-key"] = options.idempotencyKey ?? (await webCrypto()).randomUUID();
    Object.assign(headers, options.headers);
    const mayRepeat = keyed || method === "GET";
    const attempt = async () => {
      const all = { ...headers, authorization: `Bearer ${await this.token()}` };
      const signed = movesMoney && this.#settings.privateKey
        ? await signedHeaders(await this.#signingKey(), method, url, all, data)
        : all;
      return [url, { method, headers: signed, body: data, signal: options.signal }];
    };
    return (await this.#resend(mayRepeat, attempt)).json();
  }

  /** Send what `make` makes until it is answered: anew each time, with what must not change unchanged. */
  async #resend(mayRepeat, make) {
    const { fetch, retries, timeoutMs } = this.#settings;
    let renewed = false;
    for (let failures = 0; ; failures += 1) {
      const [url, { signal, ...init }] = await make();
      const limit = AbortSignal.timeout(timeoutMs);
      let error;
      let wait;
      try {
        const answer = await fetch(url, { ...init, redirect: "error", signal: signal ?? limit });
        if (answer.ok) return answer;
        error = await errorOf(answer);
        wait = answer.headers.get("retry-after");
      } catch (trouble) {
        if (signal?.aborted) throw trouble;
        error = new SluiceError(0, "network_error", trouble.cause?.message ?? trouble.message);
      }
      if (error.code === "token_expired" && !renewed) {
        renewed = true;
        this.#token = null;
        continue;
      }
      if (!mayRepeat || failures >= retries || !isPassing(error)) throw error;
      await this.sleep(pauseMs(wait, failures));
    }
  }
}

/** Whether the same call may be answered differently later: nothing was done, or nobody knows. */
function isPassing({ status, code }) {
  return [0, 429, 502, 503, 504].includes(status) || (status === 409 && IN_FLIGHT.has(code));
}

function pauseMs(wait, failures) {
  const asked = Number.parseFloat(wait ?? "");
  if (asked >= 0) return Math.min(asked, LONGEST_WAIT_SECONDS) * 1000;
  return 250 * 2 ** failures * (1 + Math.random() / 4);
}

function asQuery(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const pairs = given.flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]));
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

const jsonOf = (body) => text.encode(JSON.stringify(body ?? {}));

function linesOf(lines) {
  if (lines instanceof Uint8Array) return lines;
  if (typeof lines === "string") return text.encode(lines);
  return text.encode(Array.from(lines, (row) => `${JSON.stringify(row)}\n`).join(""));
}
