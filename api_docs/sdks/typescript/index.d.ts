export * from "./generated/types.js";
export { API_VERSION, Sluice } from "./generated/client.js";
export type { CallOptions, Lines, Settings } from "./lib/transport.js";
export { advanceAndWait, beginClock, every, until } from "./lib/clocks.js";
export type { Page, Patience, RunningClock } from "./lib/clocks.js";
export { SluiceError } from "./lib/errors.js";
export { signedHeaders } from "./lib/signing.js";
export type { KeySource, SigningKey } from "./lib/signing.js";
export { verifyWebhook } from "./lib/webhooks.js";
