/** A private key: PKCS#8 as PEM, or a JWK. Ed25519, P-256 or RSA from 2048 bits. */
export type KeySource = string | (JsonWebKey & { kid?: string });

/** What signs: made by the client from `privateKey` and `keyId`. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: "Ed25519" | "ES256" | "PS256";
  signToken(content: Uint8Array): Promise<ArrayBuffer>;
  signCall(content: Uint8Array): Promise<ArrayBuffer>;
}

export declare function signingKey(source: KeySource, keyId?: string): Promise<SigningKey>;

/** Sign a call by hand (the client does it for every call that moves money); header names in small letters. */
export declare function signedHeaders(
  key: SigningKey,
  method: string,
  url: string,
  headers: Record<string, string>,
  body: Uint8Array,
): Promise<Record<string, string>>;
