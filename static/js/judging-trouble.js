// @ts-check
/** Problems that the outbox cannot solve alone, with buttons for the assessor to decide. */
/** @typedef {import("./judging-outbox.js").Outbox} Outbox */
const GRADES = ["not relevant", "marginally relevant", "relevant", "highly relevant"];

/**
 * A judgment in a few words.
 * @param {Judgment | null | undefined} values
 */
export function describe(values) {
  if (!values) return "nothing";
  const grade = values.cannot_judge
    ? "cannot judge"
    : values.grade === null
      ? "no grade"
      : `${values.grade} ${GRADES[values.grade]}`;
  const facets = [
    ["looks alike", values.looks],
    ["works alike", values.works],
  ].filter(([, one]) => one !== null && one !== undefined);
  const more = [
    ...facets.map(([name, one]) => `${name} ${one}`),
    values.reason && `“${values.reason}”`,
    values.region && "a part marked",
  ];
  return [grade, ...more.filter(Boolean)].join(", ");
}

/**
 * Show in its place why nothing is sent, or empty it. login: its address, leading back here.
 * @param {HTMLElement} place
 * @param {Outbox} outbox
 * @param {() => string} login
 */
export function showTrouble(place, outbox, login) {
  /** @type {OutboxProblem | null} */
  const problem = outbox.blocked ?? (outbox.lacksDatabase ? { kind: "database", entry: { client_id: "" } } : null);
  const key = problem ? `${problem.kind} ${problem.entry.client_id}` : "";
  if (place.dataset.of === key) return;
  place.dataset.of = key;
  place.hidden = !problem;
  place.replaceChildren(...(problem ? made(outbox, problem, login) : []));
}

/**
 * @param {Outbox} outbox
 * @param {OutboxProblem} problem
 * @param {() => string} login
 */
function made(outbox, { kind, entry, current, detail }, login) {
  const pair = entry.position ? `Pair ${entry.position}` : "Your undo";
  if (kind === "login") {
    const link = document.createElement("a");
    [link.href, link.className, link.textContent] = [login(), "button", "Log in again"];
    link.dataset.leaving = "";
    return [text("You are logged out. Your judgments are kept in this browser and sent after you log in again."), link];
  }
  if (kind === "database") {
    return [
      text("The database is not responding. Your judgments are kept in this browser and sent again automatically."),
      button("Try again", () => outbox.retry()),
    ];
  }
  if (kind === "account") {
    return [
      text(
        "Another user is logged in, or you are no longer an assessor of this session. Your judgments are kept in this browser and sent when you log in with your own account.",
      ),
      button("Try again", () => outbox.retry()),
    ];
  }
  if (kind === "conflict") {
    return [
      text(
        `${pair} was also judged elsewhere, for example in another window. There: ${describe(current)}. Here: ${describe(entry.values)}.`,
      ),
      button(`Keep the other: ${short(current)}`, () => outbox.keepTheirs()),
      button(`Keep this: ${short(entry.values)}`, () => outbox.keepMine()),
    ];
  }
  return [
    text(
      `${pair}, ${entry.kind === "undo" ? "undo" : describe(entry.values)}, was not saved: ${detail ?? "the server rejected it."}`,
    ),
    button("Try again", () => outbox.retry()),
    button("Discard", () => outbox.discard()),
  ];
}

/** @param {Judgment | null | undefined} values */
function short(values) {
  if (!values) return "nothing";
  return values.cannot_judge ? "cannot judge" : String(values.grade);
}

/** @param {string} words */
function text(words) {
  const said = document.createElement("p");
  said.textContent = words;
  return said;
}

/**
 * @param {string} words
 * @param {() => void} run
 */
function button(words, run) {
  const element = document.createElement("button");
  [element.type, element.textContent] = ["button", words];
  element.addEventListener("click", run);
  return element;
}
