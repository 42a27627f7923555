// Requests that change something. A failure becomes an Error whose message a person can read.

const asked = async (url, request) => {
  const answer = await fetch(url, request).catch(() => {
    throw new Error("The server does not answer.");
  });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const message = problem.detail || problem.title || `The server answered ${answer.status}.`;
  throw Object.assign(new Error(message), { status: answer.status });
};

/** Sends the fields of a form. */
export const post = (url, fields) => asked(url, { method: "POST", body: fields, headers: { Accept: "application/json" } });

/** Sends `body` as JSON; resolves to the answer as a value, or null if it has no body. */
export const send = async (method, url, body) => {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const answer = await asked(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
};
