// @ts-check
/** What typed.js keeps in this tab: the user it belongs to, and by page and form what was typed. */
const KEY = "typed";

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** By page and form what this user typed; what another typed is forgotten. */
export function readTyped(user) {
  const kept = stored();
  if (kept.user === user) return kept.forms;
  forgetTyped();
  return {};
}

export function writeTyped(user, forms) {
  if (!Object.keys(forms).length) return forgetTyped();
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ user, forms }));
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error; // more than the browser keeps cannot be kept
  }
}

export function forgetTyped() {
  sessionStorage.removeItem(KEY);
}

/** What was sent last was not taken; or, with `sent`, it is on its way again. */
export function unsendTyped(sent = false) {
  const kept = stored();
  if (!kept.user) return;
  for (const typed of Object.values(kept.forms)) typed.sent = sent;
  writeTyped(kept.user, kept.forms);
}
