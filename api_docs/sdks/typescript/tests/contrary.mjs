// Calls a server that fails on purpose, and says what the library made of it: one JSON object.

import { readFileSync } from "node:fs";
import { Sluice, verifyWebhook } from "../index.js";

const { SLUICE, PRIVATE_KEY, MESSAGES } = process.env;
const waits = [];
const sluice = new Sluice({
  baseUrl: SLUICE, bank: "bnk_1", clientId: "cli_1", privateKey: PRIVATE_KEY, keyId: "k1", retries: 5,
  sleep: async (ms) => waits.push(Math.round(ms)),
});
const codeOf = (error) => error.code;

const draw = (amount, idempotencyKey) => sluice.drawDown(
  { credit_line: "lin_1", bank_account: "acc_1", amount: { amount, currency: "CNY" } }, { idempotencyKey },
).then((drawn) => drawn.id, codeOf);

const believed = ({ id, at, signature, key, body }) => {
  const headers = { "Webhook-Id": id, "Webhook-Timestamp": at, "Webhook-Signature": signature };
  return verifyWebhook(key, headers, body).then((event) => event.type, () => "refused");
};

const said = { through: await draw("1.00", "order-1"), waits: [...waits], refused: await draw("2.00") };
said.me = (await sluice.describeToken()).scene;
said.upload = await sluice.sendBytesOfUpload("bat_1", "{}", 7).then(() => "sent", codeOf);
const since = "2026-11-02T00:00:00Z";
const page = await sluice.listLoans({ limit: 2, "created_at[gte]": since, "expand[]": ["business", "credit_line"] });
said.loans = page.data.map((loan) => loan.id);
said.webhooks = await Promise.all(JSON.parse(readFileSync(MESSAGES, "utf-8")).map(believed));
console.log(JSON.stringify(said));
