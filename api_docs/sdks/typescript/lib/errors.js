// What goes wrong, in one class: the API's refusals, and calls that got no answer.

export class SluiceError extends Error {
  constructor(status, code, message, problem = null) {
    super(`${code}: ${message}`);
    this.name = "SluiceError";
    this.status = status;
    this.code = code;
    this.problem = problem;
    this.requestId = problem?.request_id ?? "";
    this.errors = problem?.errors ?? [];
    this.params = problem?.params ?? {};
  }
}

/** The error that an answer is: a problem of the API, an error of the token endpoint, or neither. */
export async function errorOf(answer) {
  const text = await answer.text();
  let said = {};
  try {
    said = JSON.parse(text) ?? {};
  } catch {
    // Not ours: a proxy on the way answered.
  }
  const code = said.code ?? said.error ?? `http_${answer.status}`;
  const words = said.detail ?? said.error_description ?? text.slice(0, 200);
  return new SluiceError(answer.status, code, words, said.code === undefined ? null : said);
}
