// Files on their way: how far they have come, a way to stop them, and what is too large before it is sent. htmx sends the form.

const MEGABYTE = 1024 * 1024;
const format = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const announce = (text) => document.body.dispatchEvent(new CustomEvent("announce", { detail: { text } }));
const formOf = (event) => (event.detail.elt ?? event.target).closest?.("form[data-upload]");
const filesOf = (form) => form.querySelector("input[type='file']");

function show(form, sentence = "", percent = null) {
  const [status, shown] = [form.querySelector("[role='status']"), form.querySelector("[data-upload-progress]")];
  const [bar, number, stop] = shown.children;
  const isSent = percent === 100;
  if (status.textContent !== sentence) status.textContent = sentence;
  shown.hidden = percent === null;
  if (isSent) bar.removeAttribute("value");
  else bar.value = percent ?? 0;
  number.textContent = isSent ? "" : `${percent ?? 0} %`;
  stop.hidden = isSent; // the server may have kept them already
}

document.addEventListener("htmx:beforeSend", (event) => {
  const form = formOf(event);
  if (!form) return;
  const { textSending, textChecking, textPercent } = form.dataset;
  const { upload } = event.detail.xhr;
  let said = 0;
  show(form, textSending, 0);
  upload.addEventListener("progress", ({ loaded, total }) => {
    const percent = Math.min(Math.floor((100 * loaded) / total), 99);
    show(form, textSending, percent);
    if (percent < said + 25) return;
    said = percent;
    announce(format(textPercent, { percent }));
  });
  upload.addEventListener("load", () => show(form, textChecking, 100));
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = formOf(event);
  if (!form) return;
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) form.toggleAttribute("data-busy", true); // on the way to another page
  else show(form);
});

document.addEventListener("htmx:sendAbort", (event) => {
  const form = formOf(event);
  if (!form) return;
  show(form, form.dataset.textStopped);
  form.querySelector("[type='submit']").focus();
});

document.addEventListener("click", (event) => {
  const stop = event.target.closest?.("[data-upload-progress] button");
  if (stop) window.htmx.trigger(stop.form, "htmx:abort");
});

// A form that comes back with errors has the files that were chosen, unless the errors are theirs

let chosen;

document.addEventListener("htmx:beforeSwap", (event) => {
  const form = formOf(event);
  if (form) chosen = filesOf(form).files;
});

document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (!elt.matches("form[data-upload]") || !chosen) return;
  if (filesOf(elt).getAttribute("aria-invalid") !== "true") filesOf(elt).files = chosen;
});

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-upload]");
  if (!form || target.type !== "file") return;
  const { limit, limitTogether, textTooLarge, textTooMuch } = form.dataset;
  const inMegabytes = (bytes) => Math.floor(bytes / MEGABYTE);
  const files = [...target.files];
  const large = files.find((file) => file.size > Number(limit));
  const isTooMuch = files.reduce((sum, file) => sum + file.size, 0) > Number(limitTogether);
  target.setCustomValidity(
    large
      ? format(textTooLarge, { name: large.name, limit: inMegabytes(limit) })
      : isTooMuch
        ? format(textTooMuch, { limit: inMegabytes(limitTogether) })
        : "",
  );
  target.reportValidity();
});
