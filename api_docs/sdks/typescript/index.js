export { API_VERSION, Sluice } from "./generated/client.js";
export { advanceAndWait, beginClock, every, until } from "./lib/clocks.js";
export { SluiceError } from "./lib/errors.js";
export { signedHeaders } from "./lib/signing.js";
export { verifyWebhook } from "./lib/webhooks.js";
