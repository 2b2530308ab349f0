// What the declarations promise, checked by tsc: what is right compiles, and what is wrong does not.

import { Sluice, SluiceError, beginClock, every, until, verifyWebhook } from "../index.js";
import type { Loan, WebhookEvent } from "../index.js";

const sluice = new Sluice({ baseUrl: "https://api.sluice.example", bank: "bnk_1", clientId: "cli_1", clientSecret: "sk_1" });
const amount = { amount: "5000.00", currency: "CNY" } as const;

export async function right(): Promise<string> {
  for await (const loan of every((after) => sluice.listLoans({ after }))) {
    const one: Loan = loan;
    if (one.status === "overdue") return one.outstanding.total.amount;
  }
  const event: WebhookEvent = await verifyWebhook("whpk_1", new Headers(), "{}");
  if (event.type === "loan.overdue") return event.data.object.drawdown;
  const clock = await beginClock(sluice, { name: "story", frozen_date: "2026-11-02" });
  const arrived = await clock.advance({ until: "maturity", pay_when_due: true });
  const drawn = await sluice.drawDown({ credit_line: "lin_1", bank_account: "acc_1", amount }, { idempotencyKey: "k" });
  const paid = await until(() => sluice.getDrawdown(drawn.id), (found) => found.status === "paid_out");
  return new SluiceError(0, "timeout", `${arrived.frozen_date} ${paid.loan ?? ""}`).code;
}

export async function wrong(): Promise<void> {
  // @ts-expect-error a member that there is not
  await sluice.drawDown({ credit_line: "lin_1", bank_account: "acc_1", amount, wrong: 1 });
  // @ts-expect-error a currency that is not lent
  await sluice.drawDown({ credit_line: "lin_1", bank_account: "acc_1", amount: { amount: "1.00", currency: "USD" } });
  // @ts-expect-error a member that is needed
  await sluice.introduceBusiness({ legal_name: "示例拉面馆" });
  // @ts-expect-error a status that no loan has
  if ((await sluice.getLoan("lon_1")).status === "paid") return;
}
