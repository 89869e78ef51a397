// On a page of the app: the state is kept in the address, so that moving the slider asks nothing of the server.
const CARRIED = ["step", "left", "right", "x", "spread", "smooth", "curves", "layers", "off", "range"];

function carry(changed) {
  const address = new URL(window.location.href);
  for (const name of CARRIED) {
    if (changed[name] === null) address.searchParams.delete(name);
    else address.searchParams.set(name, String(changed[name]));
  }
  window.history.replaceState(window.history.state, "", address);
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
  mount(root, data.payload, { state: before, share: data.share, onChange: carry, onPick: (picked) => setTriggerValue("picked", picked) });
  return end;
}
