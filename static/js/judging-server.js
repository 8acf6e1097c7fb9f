// @ts-check
/**
 * What the outbox asks of the server: the only module that knows the bodies of its requests and the shapes of its
 * answers, which are the REST API's. Addresses come with each event, as the page wrote them.
 */
import { request } from "./judging-request.js";

/**
 * Send one event. Returns { outcome, position, current, detail, lacksDatabase }; outcome is "recorded",
 * "nothing-to-undo", "form-expired", "later" (send it again), "conflict", "login", "account" or "refused".
 * @param {OutboxEntry} entry
 * @param {{ assessor: number, token: string }} sender
 */
export async function sendEvent(entry, { assessor, token }) {
  const { status, json } = await request(addressOf(entry.url), { body: bodyOf(entry, assessor), token });
  const code = json?.code;
  return {
    outcome: outcomeOf(status, code),
    position: json?.position ?? null,
    current: json?.current ?? null,
    detail: json?.detail ?? null,
    lacksDatabase: status === 503 && code === "database",
  };
}

/**
 * Fetch a new form token. Returns { outcome, token }; outcome is "renewed", "login", "account" or "later".
 * @param {string} stateUrl
 * @param {number} assessor
 */
export async function renewToken(stateUrl, assessor) {
  const { status, json } = await request(stateUrl);
  const isOurs = status === 200 && json?.assessor === assessor;
  if (isOurs && json.csrf_token) return { outcome: "renewed", token: json.csrf_token };
  if (status === 401) return { outcome: "login", token: "" };
  return { outcome: status === 404 || (status === 200 && !isOurs) ? "account" : "later", token: "" };
}

/**
 * Return the address in the API; events that an earlier version kept name the page's own.
 * @param {string} url
 */
function addressOf(url) {
  return url.startsWith("/sessions/") ? `/api${url}` : url;
}

/**
 * @param {OutboxEntry} entry
 * @param {number} assessor
 */
function bodyOf(entry, assessor) {
  const { client_id, base, values, seconds } = entry;
  return entry.kind === "undo" ? { client_id, assessor } : { client_id, base, assessor, seconds, ...values };
}

/**
 * @param {number} status
 * @param {string | undefined} code
 */
function outcomeOf(status, code) {
  if (status === 200 || status === 201) return "recorded";
  if (status === 400 && code === "nothing-to-undo") return "nothing-to-undo";
  if (status === 403 && code === "form-expired") return "form-expired";
  if (status === 0 || status === 429 || status >= 500) return "later";
  if (status === 409) return "conflict";
  if (status === 401) return "login";
  return code === "other-account" || status === 404 ? "account" : "refused";
}
