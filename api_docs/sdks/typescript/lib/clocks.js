// Waiting, reading page by page, and test clocks.

import { SluiceError } from "./errors.js";

/** Read until what is read is as wanted. */
export async function until(read, isDone, { timeoutMs = 60_000, everyMs = 200 } = {}) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await read();
    if (isDone(found)) return found;
    if (Date.now() >= end) throw new SluiceError(0, "timeout", `not so within ${timeoutMs} ms`);
    await new Promise((done) => setTimeout(done, everyMs));
  }
}

/** All objects of a list, page by page. */
export async function* every(readPage) {
  let after;
  do {
    const page = await readPage(after);
    yield* page.data;
    after = page.has_more ? page.next_cursor : null;
  } while (after);
}

/** Move a test clock and wait until it has arrived; a day that could not be ended is an error. */
export async function advanceAndWait(sluice, clockId, body, { idempotencyKey, ...patience } = {}) {
  await sluice.advanceTestClock(clockId, body, { idempotencyKey });
  const arrived = (clock) => clock.status !== "advancing";
  const clock = await until(() => sluice.getTestClock(clockId), arrived, { timeoutMs: 600_000, ...patience });
  if (clock.status === "failed") throw new SluiceError(0, "clock_failed", clock.failure);
  return clock;
}

/** Begin a test clock: a bank of one's own; the answer has a client for it. */
export async function beginClock(sluice, body, options) {
  const clock = await sluice.beginTestClock(body, options);
  return {
    id: clock.id,
    clock,
    sluice: sluice.at(clock.bank),
    advance: (to, patience) => advanceAndWait(sluice, clock.id, to, patience),
    delete: () => sluice.deleteTestClock(clock.id),
  };
}
