// @ts-check
/**
 * Keeps a part of the page fresh: <div data-refresh-seconds="2"> is filled again from the page's own address with
 * `fragment` added, until its content holds [data-refresh-ended]. Waits while the page is hidden or somebody works in it.
 * @param {HTMLElement} part
 */
export function attach(part) {
  const address = new URL(location.href);
  address.searchParams.set("fragment", "");

  async function refresh() {
    const inUse = part.contains(document.activeElement) || part.querySelector("details[open]");
    if (!document.hidden && !inUse) {
      try {
        const answer = await fetch(address, { headers: { Accept: "text/html" } });
        if (answer.redirected) return location.reload(); // logged out meanwhile
        if (answer.ok) part.innerHTML = await answer.text();
      } catch {
        // The server is away for a moment; the next round asks again.
      }
    }
    if (!part.querySelector("[data-refresh-ended]")) later();
  }

  const later = () => setTimeout(refresh, 1000 * Number(part.dataset.refreshSeconds));
  later();
}
