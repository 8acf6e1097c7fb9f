// @ts-check
/**
 * Requests of the judging page. They do not go through fetch, which typed.js leads to the login when a session has
 * ended: here the page stays, for it holds what was not sent yet.
 */
const PATIENCE_MS = 20_000;

/**
 * GET, or POST of a JSON body: { status, text, json }; status is 0 where the server was not reached. Never rejects.
 * @param {string} address
 * @param {{ body?: object | null, token?: string, isFragment?: boolean }} [options]
 * @returns {Promise<{ status: number, text: string, json: any }>}
 */
export function request(address, { body = null, token = "", isFragment = false } = {}) {
  return new Promise((resolve) => {
    const exchange = new XMLHttpRequest();
    exchange.open(body ? "POST" : "GET", address);
    exchange.timeout = PATIENCE_MS;
    if (isFragment) exchange.setRequestHeader("HX-Request", "true");
    else exchange.setRequestHeader("Accept", "application/json");
    if (body) {
      exchange.setRequestHeader("Content-Type", "application/json");
      exchange.setRequestHeader("X-CSRFToken", token);
    }
    exchange.onload = () =>
      resolve({
        status: exchange.status,
        text: exchange.responseText,
        json: isFragment ? null : parsed(exchange.responseText),
      });
    exchange.onerror = exchange.ontimeout = exchange.onabort = () => resolve({ status: 0, text: "", json: null });
    exchange.send(body && JSON.stringify(body));
  });
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
