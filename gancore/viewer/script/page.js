// On a page of the app: the state is kept in the address, so that moving the slider asks nothing of the server.
const CARRIED = ["step", "left", "right", "x", "spread", "smooth", "curves", "layers", "off", "range"];

function carry(changed) {
  const address = new URL(window.location.href), known = address.searchParams;
  const wrong = CARRIED.filter((name) => known.get(name) !== (changed[name] === null ? null : String(changed[name])));
  for (const name of wrong) {
    if (changed[name] === null) known.delete(name);
    else known.set(name, String(changed[name]));
  }
  if (wrong.length) window.history.replaceState(window.history.state, "", address);
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let root = parentElement.querySelector(".gc-root");
  if (!root) { root = document.createElement("div"); parentElement.append(root); }
  // What plays or waits ends with the page; without it, it would write into the next page's address.
  const end = () => root.gancoreView && root.gancoreView.end();
  if (root.gancoreKey === data.key) return end;
  const before = root.gancoreView && root.gancoreStudy === data.study ? root.gancoreView.state : data.state;
  root.gancoreKey = data.key; root.gancoreStudy = data.study;
  const view = mount(root, data.payload, { state: before, share: data.share, onChange: carry, onPick: (picked) => setTriggerValue("picked", picked) });
  // What was refused, or belonged to another study, is in the address no longer.
  carry(view.changed());
  return end;
}
