// @ts-check
/** What typed.js keeps in this tab: the user it belongs to, and by page and form what was typed. */
const KEY = "typed";

/**
 * @typedef {object} TypedForm - fields by name and place, when they were typed, whether they were sent, names of files
 * @property {Record<string, string | boolean>} fields
 * @property {number} at
 * @property {boolean} [sent]
 * @property {string[]} [files]
 */

/** @returns {{ user?: string, forms?: Record<string, TypedForm> }} */
function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") ?? {};
  } catch {
    return {};
  }
}

/**
 * By page and form what this user typed; what another typed is forgotten.
 * @param {string} user
 * @returns {Record<string, TypedForm>}
 */
export function readTyped(user) {
  const kept = stored();
  if (kept.user === user) return kept.forms ?? {};
  forgetTyped();
  return {};
}

/**
 * @param {string} user
 * @param {Record<string, TypedForm>} forms
 */
export function writeTyped(user, forms) {
  if (!Object.keys(forms).length) return forgetTyped();
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ user, forms }));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw error; // more than the browser keeps cannot be kept
  }
}

export function forgetTyped() {
  sessionStorage.removeItem(KEY);
}

/** What was sent last was not taken; or, with `sent`, it is on its way again. */
export function unsendTyped(sent = false) {
  const kept = stored();
  if (!kept.user) return;
  for (const typed of Object.values(kept.forms ?? {})) typed.sent = sent;
  writeTyped(kept.user, kept.forms ?? {});
}
