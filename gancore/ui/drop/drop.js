// A study file dropped anywhere on the page is read here and handed to the server.
const OWN = '[data-testid="stFileUploaderDropzone"]'; // a box for files takes its own

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  if (parentElement.gancoreDrop) return;
  parentElement.gancoreDrop = true;
  const sign = Object.assign(document.createElement("div"), { className: "gc-drop", textContent: "Drop the study file to open it" });
  sign.setAttribute("role", "status");
  sign.hidden = true;
  document.body.append(sign);
  const wanted = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files") && !event.target.closest?.(OWN);
  const over = (event) => {
    sign.hidden = !wanted(event);
    if (!sign.hidden) event.preventDefault();
  };
  const leave = (event) => { if (!event.relatedTarget) sign.hidden = true; };
  const drop = async (event) => {
    sign.hidden = true;
    if (!wanted(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    // What is too large is not read: its size is all that the answer needs.
    if (file) setTriggerValue("dropped", { name: file.name, size: file.size, text: file.size > data.most ? "" : await file.text() });
  };
  const listen = { dragover: over, dragleave: leave, drop };
  for (const [name, react] of Object.entries(listen)) document.addEventListener(name, react);
  return () => {
    for (const [name, react] of Object.entries(listen)) document.removeEventListener(name, react);
    parentElement.gancoreDrop = false;
    sign.remove();
  };
}
