// @ts-check
/** What is looked for in a text: the terms that a query writes, by the rules of engine/terms.py, and their pattern. */
export const MOST_TERMS = 6;
const LONGEST_TERM = 120;
const WRITTEN = /"([^"]*)"?|“([^”]*)”?|„([^“]*)“?|«([^»]*)»?|(\S+)/gu;

/**
 * The terms of a query: words, or phrases in quotes, each once whatever its case.
 * @param {string} written
 */
export function termsOf(written) {
  const found = new Map();
  for (const [, ...groups] of written.matchAll(WRITTEN)) {
    const term = (groups.find((group) => group !== undefined) ?? "")
      .trim()
      .replace(/\s+/gu, " ")
      .slice(0, LONGEST_TERM);
    if (term && !found.has(term.toLowerCase())) found.set(term.toLowerCase(), term);
  }
  return [...found.values()].slice(0, MOST_TERMS);
}

/**
 * A pattern with one group for each term, longest first; order says which term a group is.
 * @param {string[]} terms
 */
export function patternOf(terms) {
  const order = [...terms.keys()].sort((one, other) => terms[other].length - terms[one].length);
  return { pattern: new RegExp(order.map((term) => `(${escaped(terms[term])})`).join("|"), "giu"), order };
}

/**
 * A term as a pattern; any space stands between its words.
 * @param {string} term
 */
function escaped(term) {
  return term
    .split(" ")
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
    .join("\\s+");
}
