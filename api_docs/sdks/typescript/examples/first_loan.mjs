// From a key to a repaid loan in a sandbox bank of one's own, with every step that a scene's server takes.
//
//   SLUICE=http://127.0.0.1:8000 CLIENT_ID=cli_… CLIENT_SECRET=sk_test_… BANK=bnk_… node first_loan.mjs
//
// With PRIVATE_KEY (a PEM) and KEY_ID instead of the secret, tokens and draws are signed, as live.

import { once } from "node:events";
import { createServer } from "node:http";
import { Sluice, beginClock, until, verifyWebhook } from "sluice-sdk";

const { SLUICE, CLIENT_ID, CLIENT_SECRET, PRIVATE_KEY, KEY_ID, BANK } = process.env;
const say = (what, value) => console.log(`${what}: ${value}`);

/** Webhooks come here: verified first, believed afterwards. */
async function receiver() {
  const heard = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    try {
      heard.push(await verifyWebhook(server.keys, request.headers, Buffer.concat(pieces)));
      response.writeHead(204).end();
    } catch {
      response.writeHead(400).end();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, heard, url: `http://127.0.0.1:${server.address().port}/sluice/events` };
}

/** Two hundred days of takings, one receipt a line. */
function* receipts(today) {
  for (let back = 200; back > 0; back -= 1) {
    const day = new Date(Date.parse(today) - back * 86_400_000).toISOString().slice(0, 10);
    for (let sale = 0; sale < 5; sale += 1) {
      const payer = `payer-${String(back).padStart(5, "0")}-${sale}`;
      const paid = { paid_at: `${day}T1${sale}:00:00+08:00`, amount: "292.00", kind: "sale" };
      yield { receipt_no: `S${back}-${sale}`, ...paid, payer_ref: payer, channel: "merchant_code" };
    }
  }
}

async function main() {
  const credentials = PRIVATE_KEY ? { privateKey: PRIVATE_KEY, keyId: KEY_ID } : { clientSecret: CLIENT_SECRET };
  const scene = new Sluice({ baseUrl: SLUICE, bank: BANK, clientId: CLIENT_ID, ...credentials });
  for (const old of (await scene.listTestClocks()).data) {
    if (old.name === "first loan in TypeScript") await scene.deleteTestClock(old.id);
  }
  const clock = await beginClock(scene, { name: "first loan in TypeScript", frozen_date: "2026-11-02" });
  const sluice = clock.sluice;
  const { server, heard, url } = await receiver();
  const endpoint = await sluice.registerWebhookEndpoint({ url, signing: "v1a" });
  server.keys = endpoint.endpoint.public_key;

  const business = await sluice.introduceBusiness({
    external_id: "start-1", legal_name: "示例拉面馆", registration_no: "92331002MA000Y5F4E",
    industry: "H6210", area_code: "331002", opened_date: "2021-04-01",
    representative: { name: "示例店主", id_number: "330106198808080004", phone: "13900009999" },
  });
  const account = await sluice.addBankAccount(business.id, {
    account_number: "6222000999999910000", bank_name: "示例银行", holder_name: "示例拉面馆",
  });
  const consent = await sluice.recordConsent({
    business: business.id, purpose: "credit_assessment", data_classes: ["receipts"], recipient: "the bank",
    text_version: "receipts-2026-10", expires_at: "2028-01-01T00:00:00Z",
    text_sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    evidence: { channel: "scene_page", confirmed: true },
  });
  const { business_date: today } = await sluice.getBankStatus(sluice.bank);
  const batch = await sluice.sendBatchOfData({ business: business.id, consent: consent.id }, receipts(today));
  say("rows", batch.rows_accepted);

  const asked = await sluice.submitApplication({
    business: business.id, product: "receipts_revolving", tenor_days: 60, purpose: "working_capital",
    amount: { amount: "20000.00", currency: "CNY" },
  });
  const decided = await until(() => sluice.getApplication(asked.id), (one) => one.status !== "submitted");
  say("decision", decided.status);

  const agreement = await sluice.prepareAgreement(asked.id);
  say("sign", agreement.signing_url);
  const signed = await until(() => sluice.getAgreement(agreement.id), (one) => one.status === "signed");

  const drawn = await sluice.drawDown({
    credit_line: signed.credit_line, bank_account: account.id, tenor_days: 60, external_id: "order-8841",
    amount: { amount: "5000.00", currency: "CNY" },
  }, { idempotencyKey: "order-8841" });
  const paid = await until(() => sluice.getDrawdown(drawn.id), (one) => one.status === "paid_out");
  const part = await sluice.collectRepayment({
    loan: paid.loan, bank_account: account.id, type: "partial_prepay", amount: { amount: "1000.00", currency: "CNY" },
  });
  await until(() => sluice.getRepayment(part.id), (one) => one.status === "succeeded");
  say("owed", (await sluice.getLoan(paid.loan)).outstanding.principal.amount);

  const arrived = await clock.advance({ until: "maturity", pay_when_due: true });
  say("date", arrived.frozen_date);
  say("loan", (await sluice.getLoan(paid.loan)).status);

  const types = await until(
    async () => new Set(heard.map((event) => event.type)),
    (all) => all.has("loan.paid_off") && all.has("test_clock.ready"),
  );
  say("heard", [...types].sort().join(" "));
  server.close();
}

await main();
