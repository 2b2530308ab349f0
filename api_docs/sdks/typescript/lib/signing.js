// Keys, signed tokens (private_key_jwt) and signed calls (RFC 9421), by WebCrypto alone.

const COVERED = ["@method", "@target-uri", "content-digest", "idempotency-key", "authorization"];
const ED25519 = { name: "Ed25519" };
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const text = new TextEncoder();
let known;

/** WebCrypto: a global everywhere but in Node 18. */
export async function webCrypto() {
  known ??= globalThis.crypto?.subtle ? globalThis.crypto : (await import("node:crypto")).webcrypto;
  return known;
}

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
export const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(""));
const base64url = (bytes) => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function random(count) {
  return (await webCrypto()).getRandomValues(new Uint8Array(count));
}

/** A private key (PKCS#8 as PEM, or a JWK) and its `kid`, ready to sign tokens and calls. */
export async function signingKey(source, keyId) {
  const kid = keyId ?? source.kid;
  if (!kid) throw new TypeError("a private key needs its keyId");
  const { subtle } = await webCrypto();
  const [format, data] = typeof source === "string" ? ["pkcs8", ofPem(source)] : ["jwk", withoutUse(source)];
  const load = (algorithm) => subtle.importKey(format, data, algorithm, false, ["sign"]);
  const kinds = [["Ed25519", ED25519, ED25519], ["ES256", P256, { name: "ECDSA", hash: "SHA-256" }]];
  for (const [alg, algorithm, how] of kinds) {
    const key = await load(algorithm).catch(() => null);
    if (key) {
      const sign = (content) => subtle.sign(how, key, content);
      return { kid, alg, signToken: sign, signCall: sign };
    }
  }
  const rsa = async (hash, saltLength) => {
    const key = await load({ name: "RSA-PSS", hash });
    return (content) => subtle.sign({ name: "RSA-PSS", saltLength }, key, content);
  };
  return { kid, alg: "PS256", signToken: await rsa("SHA-256", 32), signCall: await rsa("SHA-512", 64) };
}

const ofPem = (pem) => bytesOf(pem.replace(/-----[^-]+-----|\s/g, ""));

function withoutUse({ use, key_ops, alg, ...jwk }) {
  return jwk;
}

/** An assertion for the token endpoint: two minutes, used once. */
export async function assertion(key, clientId, audience) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: audience, iat: now, exp: now + 120, jti: base64url(await random(18)) };
  const head = { alg: key.alg, kid: key.kid, typ: "JWT" };
  const signed = [head, claims].map((part) => base64url(text.encode(JSON.stringify(part)))).join(".");
  return `${signed}.${base64url(await key.signToken(text.encode(signed)))}`;
}

/** The headers of a call with its signature; made anew for every sending, because a nonce is used once. */
export async function signedHeaders(key, method, url, headers, body) {
  const { subtle } = await webCrypto();
  const digest = base64(await subtle.digest("SHA-256", body));
  const all = { ...headers, "content-digest": `sha-256=:${digest}:` };
  const names = COVERED.map((name) => `"${name}"`).join(" ");
  const created = Math.floor(Date.now() / 1000);
  const params = `(${names});created=${created};keyid="${key.kid}";nonce="${base64url(await random(24))}"`;
  const values = { ...all, "@method": method, "@target-uri": url };
  const lines = COVERED.map((name) => `"${name}": ${values[name]}`);
  const signed = [...lines, `"@signature-params": ${params}`].join("\n");
  const signature = base64(await key.signCall(text.encode(signed)));
  return { ...all, "signature-input": `sluice=${params}`, signature: `sluice=:${signature}:` };
}
