// @ts-check
/**
 * Nothing typed is lost when a session ends. What is typed into any form with method="post" is kept in this tab's
 * sessionStorage until it was sent and answered, and put back where it was typed: after the login, after a fault, after
 * a reload. Never in localStorage; gone with the tab, at logout (the form that bears data-user), and as soon as another
 * user's page is opened. Passwords are never kept; of files only the names, to say that they were not sent. A page with
 * [data-typed-unsent] says that what was sent last was not taken; one that asks for it once more holds it itself.
 * Answers to scripts that would be the login page lead to the login as a whole page, and from there back here; scripts
 * that speak JSON are told 401 in JSON and deal with it themselves.
 */
import { forgetTyped, readTyped, unsendTyped, writeTyped } from "./typed-store.js";

const TYPED =
  "textarea, select, input:not([type]), " +
  ["text", "search", "number", "date", "url", "email", "tel", "checkbox"]
    .map((type) => `input[type="${type}"]`)
    .join(", ");
const HOURS_KEPT = 12;
const user = document.querySelector("[data-user]")?.dataset.user ?? "";
let page = location.pathname + location.search;

const keyOf = (/** @type {HTMLFormElement} */ form) => `${here()}#${form.id || form.getAttribute("action")}`;

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field - what TYPED finds */

/**
 * @param {unknown} form
 * @returns {form is HTMLFormElement}
 */
function isKept(form) {
  return form instanceof HTMLFormElement && form.method === "post" && !form.dataset.user;
}

/** The page's address. Where a script has changed its query string alone, what was typed goes along. */
function here() {
  const now = location.pathname + location.search;
  if (now === page) return page;
  const before = page;
  page = now;
  if (before.split("?")[0] !== location.pathname) return page; // another page in its place, as the reader has them
  const forms = Object.entries(readTyped(user)).map(([key, kept]) => [
    key.startsWith(`${before}#`) ? now + key.slice(before.length) : key,
    kept,
  ]);
  writeTyped(user, Object.fromEntries(forms));
  return page;
}

/**
 * Fields by name and place, without those that are sent by themselves at each change, as the ranking is.
 * @param {HTMLFormElement} form
 */
function fieldsOf(form) {
  /** @type {Record<string, number>} */
  const places = {};
  const fields = /** @type {Field[]} */ ([...form.elements].filter((element) => element.matches(TYPED)));
  return fields
    .filter((field) => field.name && !answersItself(field, form))
    .map((field) => {
      places[field.name] = (places[field.name] ?? -1) + 1;
      return { field, id: `${field.name} ${places[field.name]}` };
    });
}

/**
 * @param {Field} field
 * @param {HTMLFormElement} form
 */
function answersItself(field, form) {
  const live = field.closest("[hx-get], [hx-post]");
  return live !== null && live !== form && form.contains(live);
}

/**
 * @param {Field} field
 * @returns {field is HTMLInputElement}
 */
function isCheckbox(field) {
  return field.type === "checkbox";
}

/** @param {Field} field */
function isChanged(field) {
  if (isCheckbox(field)) return field.checked !== field.defaultChecked;
  if (field instanceof HTMLSelectElement)
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

/**
 * @param {HTMLFormElement} form
 * @param {{ sent?: boolean, files?: string[] }} [more]
 */
function keep(form, more = {}) {
  const typed = fieldsOf(form).filter(({ field }) => isChanged(field));
  const fields = Object.fromEntries(
    typed.map(({ field, id }) => [id, isCheckbox(field) ? field.checked : field.value]),
  );
  const forms = readTyped(user);
  if (typed.length || more.files?.length) forms[keyOf(form)] = { fields, at: Date.now(), ...more };
  else delete forms[keyOf(form)];
  writeTyped(user, forms);
}

/** @param {HTMLFormElement} form */
function filesOf(form) {
  return [...form.elements]
    .flatMap((field) => (field instanceof HTMLInputElement ? [...(field.files ?? [])] : []))
    .map((file) => file.name);
}

/** @param {HTMLFormElement} form */
function drop(form) {
  const forms = readTyped(user);
  delete forms[keyOf(form)];
  writeTyped(user, forms);
}

/** @param {HTMLFormElement} form */
function restore(form) {
  const kept = readTyped(user)[keyOf(form)];
  if (!kept || kept.sent) return;
  for (const { field, id } of fieldsOf(form)) {
    if (!(id in kept.fields)) continue;
    const typed = kept.fields[id];
    if (isCheckbox(field)) field.checked = Boolean(typed);
    else field.value = String(typed);
    unfold(field);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  showNotice(form, kept);
}

/**
 * Open what is closed around a field.
 * @param {Element} field
 */
function unfold(field) {
  for (let at = field.parentElement; at; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./typed-store.js").TypedForm} kept
 */
function showNotice(form, { fields, files }) {
  form.querySelector("[data-typed-said]")?.remove();
  const notice = document.createElement("div");
  notice.className = "notice";
  notice.dataset.typedSaid = "";
  notice.setAttribute("role", "status");
  const typed = Object.keys(fields).length ? "Your unsent text was restored. " : "";
  const lost = files?.length ? `Not sent: ${files.join(", ")}. Choose it again. ` : "";
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "quiet";
  discard.textContent = typed ? "Discard" : "Close";
  discard.addEventListener("click", () => {
    form.reset();
    drop(form);
    notice.remove();
  });
  notice.append(typed + lost, discard);
  form.prepend(notice);
}

/** Forget what was sent and answered, and what is older than any session. */
function settle() {
  if (document.querySelector("[data-typed-unsent]")) unsendTyped();
  const oldest = Date.now() - HOURS_KEPT * 3600 * 1000;
  const forms = Object.entries(readTyped(user)).filter(([, kept]) => !kept.sent && kept.at > oldest);
  writeTyped(user, Object.fromEntries(forms));
}

/**
 * Open the login as a whole page, which leads back here.
 * @param {string} login
 * @returns {Promise<Response>}
 */
function goToLogin(login) {
  here();
  unsendTyped();
  const address = new URL(login, location.href);
  address.searchParams.set("next", location.pathname + location.search);
  location.assign(address);
  return new Promise(() => {}); // the caller gets no answer: the page is being left
}

const plainFetch = window.fetch;
window.fetch = async (...request) => {
  const answer = await plainFetch(...request);
  const login = document.querySelector("[data-login]")?.dataset.login;
  const isLogin = answer.redirected
    ? new URL(answer.url).pathname === login
    : answer.status === 401 && !answer.headers.get("Content-Type")?.startsWith("application/json");
  if (login && isLogin && !document.querySelector("[data-stays]")) return goToLogin(login);
  if (answer.status === 403 && answer.headers.get("HX-Refresh") === "true") {
    location.reload();
    return new Promise(() => {});
  }
  return answer;
};

if (user) {
  settle();
  for (const form of document.forms) if (isKept(form)) restore(form);
  document.addEventListener("input", ({ target }) => isKept(target.form) && target.matches(TYPED) && keep(target.form));
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.dataset.user) forgetTyped();
    else if (form.hasAttribute("data-typed-again")) unsendTyped(true);
    else if (isKept(form) && !event.defaultPrevented) {
      keep(form, { sent: true, files: filesOf(form) });
    }
  });
  document.addEventListener("htmx:load", ({ target }) => {
    /** @type {NodeListOf<HTMLElement>} */
    const forms = target.querySelectorAll("form");
    for (const form of [target, ...forms]) if (isKept(form)) restore(form);
  });
  document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr, requestConfig } }) => {
    here();
    const form = elt.closest("form");
    if (!isKept(form) || requestConfig?.verb === "get") return;
    if (xhr.status === 401) keep(form, { files: filesOf(form) });
    else if (xhr.status < 400) drop(form);
  });
}
