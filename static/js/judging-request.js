/**
 * Requests of the judging page. They do not go through fetch, which typed.js leads to the login when a session has
 * ended: here the page stays, for it holds what was not sent yet.
 */
const PATIENCE_MS = 20_000;

/** GET, or POST of a JSON body: { status, text, json }; status is 0 where the server was not reached. Never rejects. */
export function ask(address, { body = null, token = "", isFragment = false } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", address);
    request.timeout = PATIENCE_MS;
    if (isFragment) request.setRequestHeader("HX-Request", "true");
    else request.setRequestHeader("Accept", "application/json");
    if (body) {
      request.setRequestHeader("Content-Type", "application/json");
      request.setRequestHeader("X-CSRFToken", token);
    }
    request.onload = () =>
      resolve({
        status: request.status,
        text: request.responseText,
        json: isFragment ? null : parsed(request.responseText),
      });
    request.onerror = request.ontimeout = request.onabort = () => resolve({ status: 0, text: "", json: null });
    request.send(body && JSON.stringify(body));
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
