// One step of the browser's history for each page: leaving one, Streamlit takes the settings of its widgets out of its
// address, and those that the next page is asked for come one after the other; each would be a step of its own, and the
// address that Back leads to would have lost what was chosen there.
if (!window.gancoreHistory) {
  window.gancoreHistory = true;
  const push = window.history.pushState.bind(window.history);
  let arriving = null; // the address that a link, or Back, leads to, until a person does something there
  const settled = () => { arriving = null; };
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, settled, true);
  window.addEventListener("click", (event) => {
    const link = event.composedPath().find((node) => node.tagName === "A" && node.href);
    if (!link || link.target === "_blank" || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const address = new URL(link.href);
    if (address.origin === window.location.origin && address.pathname !== window.location.pathname) arriving = address;
  }, true);
  window.addEventListener("popstate", () => { arriving = new URL(window.location.href); }, true);
  window.history.pushState = (state, title, url) => {
    const next = new URL(url ?? "", window.location.href), here = window.location.pathname;
    if (arriving && next.pathname !== arriving.pathname && next.pathname === here) return; // of the page that is left
    if (arriving && next.pathname === here) window.history.replaceState(state, title, url);
    else push(state, title, arriving && next.pathname === arriving.pathname ? arriving.href : url);
    if (next.pathname !== here) arriving = new URL(window.location.href);
  };
}
