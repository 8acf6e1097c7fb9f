// @ts-check
/** Problems that the outbox cannot solve alone, with buttons for the assessor to decide. */
const GRADES = ["not relevant", "marginally relevant", "relevant", "highly relevant"];

/** A judgment in a few words. */
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

/** Show in its place why nothing is sent, or empty it. login: its address, leading back here. */
export function showTrouble(place, outbox, login) {
  const problem = outbox.blocked ?? (outbox.lacksDatabase && { kind: "database", entry: { client_id: "" } });
  const key = problem ? `${problem.kind} ${problem.entry.client_id}` : "";
  if (place.dataset.of === key) return;
  place.dataset.of = key;
  place.hidden = !problem;
  place.replaceChildren(...(problem ? made(outbox, problem, login) : []));
}

function made(outbox, { kind, entry, current, detail }, login) {
  const pair = entry.position ? `Pair ${entry.position}` : "Your undo";
  if (kind === "login") {
    const link = document.createElement("a");
    [link.href, link.className, link.textContent] = [login(), "button", "Log in again"];
    link.dataset.leaving = "";
    return [text("Your login has ended. What you judged is kept here and is sent once you have logged in."), link];
  }
  if (kind === "database") {
    return [
      text("The database does not answer just now. What you judged is kept in this browser and sent again."),
      button("Try again", () => outbox.retry()),
    ];
  }
  if (kind === "account") {
    return [
      text(
        "Somebody else has logged in from this browser, or this session is no longer yours. What you judged is kept here, and is sent when you log in again under your own name.",
      ),
      button("Try again", () => outbox.retry()),
    ];
  }
  if (kind === "conflict") {
    return [
      text(
        `${pair} was judged elsewhere meanwhile, in another window perhaps. There: ${describe(current)}. Here: ${describe(entry.values)}.`,
      ),
      button(`Keep what is there: ${short(current)}`, () => outbox.keepTheirs()),
      button(`Keep what is here: ${short(entry.values)}`, () => outbox.keepMine()),
    ];
  }
  return [
    text(
      `${pair}, ${entry.kind === "undo" ? "which takes a judgment back" : describe(entry.values)}, was not taken: ${detail ?? "the server refused it."}`,
    ),
    button("Try again", () => outbox.retry()),
    button("Give it up", () => outbox.discard()),
  ];
}

function short(values) {
  if (!values) return "nothing";
  return values.cannot_judge ? "cannot judge" : String(values.grade);
}

function text(words) {
  const said = document.createElement("p");
  said.textContent = words;
  return said;
}

function button(words, run) {
  const element = document.createElement("button");
  [element.type, element.textContent] = ["button", words];
  element.addEventListener("click", run);
  return element;
}
