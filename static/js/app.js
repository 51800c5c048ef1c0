// What a page can do beyond HTML and htmx, asked for by data attributes. Every page works without it.
// Texts come from <body data-text-…>, so that they are translated with the rest.
(() => {
  "use strict";

  const body = document.body;
  const text = (name) => body.dataset[`text${name}`] ?? "";

  const isVisible = (element) => element.getClientRects().length > 0;

  function moveFocus(element) {
    element.focus();
    if (document.activeElement !== element) {
      element.tabIndex = -1;
      element.focus();
    }
  }

  function make(tag, attributes, content) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (content) element.textContent = content;
    return element;
  }

  // Saying: HX-Trigger {"announce": {"text": "…"}}

  let announcing;

  function announce(sentence) {
    const region = document.getElementById("meldinger-live");
    if (!region || !sentence) return;
    region.textContent = "";
    clearTimeout(announcing);
    announcing = setTimeout(() => (region.textContent = sentence), 100); // the same sentence twice is heard twice
  }

  body.addEventListener("announce", (event) => announce(event.detail?.text));

  // Errors of requests: what happened, what was kept, what to do

  function showError(sentence) {
    const region = document.getElementById("feil-live");
    if (!region) return;
    const alert = make("div", { class: "ds-alert", "data-color": "danger" });
    const close = make("button", { class: "ds-button", type: "button", "data-variant": "tertiary", "data-color": "danger" }, text("Close"));
    close.addEventListener("click", hideError);
    alert.append(make("p", { class: "ds-paragraph" }, sentence), close);
    region.replaceChildren(alert);
  }

  function hideError() {
    document.getElementById("feil-live")?.replaceChildren();
  }

  function describe(status) {
    if (!status) return text("Offline");
    if (status === 401 || status === 403) return text("Forbidden");
    if (status === 404 || status === 410) return text("NotFound");
    if (status === 429) return text("TooMany");
    return status < 500 ? text("Refused") : text("Server");
  }

  // A swap may have taken the asking element out of the page; the event then speaks from one of its ancestors
  const askedBy = (event) => event.detail.requestConfig?.elt ?? event.detail.elt;

  function reportFailure(event) {
    const wasForm = askedBy(event).closest("form");
    showError([describe(event.detail.xhr?.status), wasForm ? text("Kept") : ""].join(" ").trim());
  }

  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) body.addEventListener(name, reportFailure);

  // One request at a time from a form

  function setBusy(form, isBusy) {
    form.toggleAttribute("data-busy", isBusy);
    for (const control of form.elements) {
      if (control.type !== "submit") continue;
      if (isBusy) control.setAttribute("aria-disabled", "true"); // a disabled button would lose focus
      else control.removeAttribute("aria-disabled");
    }
  }

  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.hasAttribute("data-busy")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-sign-out")) forgetAll();
    if (event.defaultPrevented) return;
    if (form.dataset.keep) setSentKeys([...sentKeys(), form.dataset.keep]);
    if (form.hasAttribute("data-once")) setBusy(form, true);
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-busy]").forEach((form) => setBusy(form, false));
  });

  body.addEventListener("htmx:beforeRequest", (event) => {
    const form = askedBy(event).closest("form");
    if (form && form.method === "post") setBusy(form, true);
  });

  body.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, successful } = event.detail;
    const elt = askedBy(event);
    const form = elt.closest("form");
    if (form) setBusy(form, false);
    if (successful) hideError();
    const isSaved = xhr.status >= 200 && xhr.status < 300 && !leadsToSignIn(xhr); // a 422 counts as successful to htmx
    if (isSaved && form?.dataset.keep && elt === form) forget(form.dataset.keep);
  });

  function leadsToSignIn(xhr) {
    return (xhr.getResponseHeader("HX-Redirect") ?? "").startsWith(body.dataset.signInUrl ?? "\n");
  }

  // Focus after a swap: the error summary, or what the answer marks with data-focus: a control, or the first of its fields

  body.addEventListener("htmx:afterSettle", (event) => {
    const fresh = event.target;
    const find = (selector) => (fresh.matches(selector) ? fresh : fresh.querySelector(selector));
    const errors = event.detail.xhr?.status === 422 ? (find(".ds-error-summary") ?? find("[aria-invalid='true']")) : null;
    const wanted = errors ?? find("[data-focus]:not(.fields)") ?? find(".fields[data-focus] :is(input:not([type='hidden']), select, textarea)");
    if (wanted) moveFocus(wanted);
  });

  body.addEventListener("htmx:afterSwap", (event) => {
    const dialog = event.detail.target;
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  });

  // Keys in a row's form, and between rows

  function isOpen(control) {
    try {
      return control.matches("select:open");
    } catch {
      return false; // an older browser keeps the keys of an open list to itself
    }
  }

  const mainButton = (form) => form.querySelector("[type='submit']"); // the first is the one the keyboard means

  function rowFormKey(event, form) {
    const { target, key } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(mainButton(form));
    } else if (key === "Enter" && target.matches("select, input:not([type='submit'], [type='button'], [type='reset'])")) {
      if (isOpen(target)) return;
      event.preventDefault();
      form.requestSubmit(mainButton(form));
    } else if (key === "Escape" && !isOpen(target)) {
      const cancel = form.querySelector("[data-cancel]");
      if (!cancel) return;
      event.preventDefault();
      cancel.click();
    }
  }

  function rowLinkKey(event, link) {
    const links = [...document.querySelectorAll("[data-row-link]")].filter(isVisible);
    const here = links.indexOf(link);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
    if (next === undefined || !links[next]) return;
    event.preventDefault();
    links[next].focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || !(event.target instanceof Element)) return;
    const form = event.target.closest("form[data-row-form]");
    if (form) rowFormKey(event, form);
    else if (event.target.matches("[data-row-link]") && !event.ctrlKey && !event.metaKey && !event.altKey) rowLinkKey(event, event.target);
  });

  // <details data-closes>: what opens like a menu closes like one

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && !event.defaultPrevented && event.target.closest?.("details[data-closes][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A link asked for in a tab or window of its own is the browser's, not htmx's

  document.addEventListener(
    "click",
    (event) => {
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
      if (elsewhere && event.target.closest?.("a[href]")) event.stopImmediatePropagation();
    },
    true,
  );

  // Filters that apply as they are chosen

  const applying = new WeakMap();

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form?.hasAttribute("data-auto-submit") || !event.target.matches("select, [type='checkbox'], [type='radio']")) return;
    clearTimeout(applying.get(form));
    applying.set(form, setTimeout(() => form.requestSubmit(), 400)); // arrow keys pass through several options
  });

  // Choosing rows

  const boxesOf = (name) => [...document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(name)}"]`)];

  function countChecked(name) {
    const boxes = boxesOf(name);
    const checked = boxes.filter((box) => box.checked).length;
    const quoted = CSS.escape(name);
    for (const master of document.querySelectorAll(`[data-check-all="${quoted}"]`)) {
      master.checked = checked > 0 && checked === boxes.length;
      master.indeterminate = checked > 0 && checked < boxes.length;
    }
    for (const counter of document.querySelectorAll(`[data-count-checked="${quoted}"]`)) counter.textContent = String(checked);
    for (const control of document.querySelectorAll(`[data-needs-checked="${quoted}"]`)) {
      if (checked) control.removeAttribute("aria-disabled");
      else control.setAttribute("aria-disabled", "true");
    }
  }

  function countAllChecked() {
    const names = new Set();
    for (const element of document.querySelectorAll("[data-check-all], [data-count-checked], [data-needs-checked]")) {
      names.add(element.dataset.checkAll ?? element.dataset.countChecked ?? element.dataset.needsChecked);
    }
    names.forEach(countChecked);
  }

  document.addEventListener("change", (event) => {
    const master = event.target.closest?.("[data-check-all]");
    if (master) boxesOf(master.dataset.checkAll).forEach((box) => (box.checked = master.checked));
    if (event.target.type === "checkbox") countAllChecked();
  });

  document.addEventListener(
    "click",
    (event) => {
      const control = event.target.closest?.("[data-needs-checked][aria-disabled='true']");
      if (!control) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      announce(text("NoneChosen"));
    },
    true,
  );

  // Text not yet saved: kept in this browser, fetched again when the form is shown anew

  const PREFIX = "utkast:";
  const SENT = "utkast-sendt"; // keys of the plain forms just sent, until the next page shows how it went
  const MONTH = 30 * 24 * 60 * 60 * 1000;
  const waiting = new Map(); // form → timer
  const seen = new WeakSet();

  function stored(key) {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + key));
    } catch {
      return null;
    }
  }

  function keptKeys() {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    } catch {
      return []; // the browser allows no storage
    }
  }

  function sentKeys() {
    try {
      return JSON.parse(sessionStorage.getItem(SENT)) ?? [];
    } catch {
      return [];
    }
  }

  function setSentKeys(keys) {
    try {
      if (keys.length) sessionStorage.setItem(SENT, JSON.stringify(keys));
      else sessionStorage.removeItem(SENT);
    } catch {
      // then a page must say data-saved
    }
  }

  // A plain form went well when the next page is in order and does not show the form again
  function settleSent() {
    const keys = sentKeys();
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;
    if (!keys.length || location.pathname.startsWith(body.dataset.signInUrl ?? "\n")) return;
    const isShown = (key) => document.querySelector(`form[data-keep="${CSS.escape(key)}"]`);
    if (status >= 200 && status < 300) keys.filter((key) => !isShown(key)).forEach(forget);
    setSentKeys([]);
  }

  function forgetAll() {
    setSentKeys([]);
    waiting.forEach(clearTimeout);
    waiting.clear();
    keptKeys().forEach((name) => localStorage.removeItem(name));
  }

  function forget(key) {
    for (const [form, timer] of waiting) {
      if (form.dataset.keep !== key) continue;
      clearTimeout(timer);
      waiting.delete(form);
    }
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      // nothing was kept
    }
  }

  const SECRET = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);
  const isTick = (control) => control.type === "checkbox" || control.type === "radio";

  function controlsOf(form) {
    const named = new Map();
    for (const control of form.elements) {
      if (!control.name || control.disabled || SECRET.has(control.type) || !("value" in control)) continue;
      named.set(control.name, [...(named.get(control.name) ?? []), control]);
    }
    return named;
  }

  function valuesOf(controls, isInitial) {
    return controls.flatMap((control) => {
      if (isTick(control)) return (isInitial ? control.defaultChecked : control.checked) ? [control.value] : [];
      if (control.options) {
        const options = [...control.options];
        const chosen = options.filter((option) => (isInitial ? option.defaultSelected : option.selected));
        if (!chosen.length && !control.multiple && options.length) chosen.push(options[0]);
        return chosen.map((option) => option.value);
      }
      return [isInitial ? control.defaultValue : control.value];
    });
  }

  function setValues(controls, values, isInitial) {
    let next = 0;
    for (const control of controls) {
      if (isTick(control)) control[isInitial ? "defaultChecked" : "checked"] = values.includes(control.value);
      else if (control.options) for (const option of control.options) option[isInitial ? "defaultSelected" : "selected"] = values.includes(option.value);
      else control[isInitial ? "defaultValue" : "value"] = values[next++] ?? "";
    }
  }

  const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  function ownDraft(form) {
    const draft = stored(form.dataset.keep);
    return draft?.fields && draft.user === (body.dataset.user ?? "") ? draft : null;
  }

  function keep(form) {
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    const before = ownDraft(form)?.base ?? {}; // a form shown again with errors starts from what was typed, not from what is saved
    const fields = {};
    const base = {};
    for (const [name, controls] of controlsOf(form)) {
      const now = valuesOf(controls, false);
      const initial = valuesOf(controls, true);
      const saved = before[name] ?? initial;
      if (isSame(now, initial) && isSame(now, saved)) continue;
      fields[name] = now;
      base[name] = saved;
    }
    if (!Object.keys(fields).length) return forget(form.dataset.keep);
    try {
      const draft = { at: Date.now(), user: body.dataset.user ?? "", fields, base };
      localStorage.setItem(PREFIX + form.dataset.keep, JSON.stringify(draft));
    } catch {
      // full or forbidden: the text is still in the form
    }
  }

  function fetchKept(form) {
    const draft = ownDraft(form);
    if (!draft || form.querySelector(".ds-error-summary, [aria-invalid='true']")) return; // just sent: it holds what was typed
    const named = controlsOf(form);
    const names = Object.keys(draft.fields).filter((name) => named.has(name));
    if (names.every((name) => isSame(draft.fields[name], valuesOf(named.get(name), true)))) return forget(form.dataset.keep);
    const different = names.filter((name) => !isSame(draft.fields[name], valuesOf(named.get(name), false)));
    if (!different.length) return; // the browser itself kept what was typed
    const isStale = names.some((name) => !isSame(draft.base[name], valuesOf(named.get(name), true)));
    different.forEach((name) => setValues(named.get(name), draft.fields[name], false));
    showKept(form, draft.at, isStale);
  }

  function showKept(form, at, isStale) {
    const two = (number) => String(number).padStart(2, "0");
    const then = new Date(at);
    const day = `${two(then.getDate())}.${two(then.getMonth() + 1)}.${then.getFullYear()}`;
    const time = `${two(then.getHours())}.${two(then.getMinutes())}`;
    const sentence = [text("Restored").replace("{day}", day).replace("{time}", time), isStale ? text("RestoredStale") : ""].join(" ").trim();
    const notice = make("div", { class: "ds-alert kept", "data-color": isStale ? "warning" : "info" });
    const discard = make("button", { class: "ds-button", type: "button", "data-variant": "secondary" }, text("Discard"));
    discard.addEventListener("click", () => {
      forget(form.dataset.keep);
      form.reset();
      notice.remove();
      announce(text("Discarded"));
      [...form.querySelectorAll("textarea, select, input, [role='textbox']")].find(isVisible)?.focus();
    });
    notice.append(make("p", { class: "ds-paragraph" }, sentence), discard);
    form.prepend(notice);
    announce(sentence);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.keep || !seen.has(form)) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => keep(form), 400));
  });

  // Saved without leaving the page: what was sent is now what the form begins with
  document.addEventListener("form-saved", ({ target: form, detail: sent }) => {
    if (!form.dataset.keep) return;
    forget(form.dataset.keep);
    for (const [name, controls] of controlsOf(form)) setValues(controls, sent.getAll(name), true);
    keep(form);
  });

  document.addEventListener("click", (event) => {
    const form = event.target.closest?.("[data-cancel]")?.closest("form[data-keep]");
    if (form) forget(form.dataset.keep);
  });

  const keepWaiting = () => [...waiting.keys()].forEach(keep);
  window.addEventListener("pagehide", keepWaiting);
  document.addEventListener("submit", keepWaiting, true);

  function tidyKept() {
    for (const name of keptKeys()) {
      const draft = stored(name.slice(PREFIX.length));
      const isStrangers = body.dataset.user && draft?.user && draft.user !== body.dataset.user;
      if (!draft?.at || isStrangers || Date.now() - draft.at > MONTH) localStorage.removeItem(name);
    }
  }

  // Formatted text is another text in an editor than without one: nothing is fetched before js/editor.js has said which, or has failed
  const awaitsEditor = (form) => form.querySelector("textarea[data-rich-text]:not([data-ready])") !== null;
  document.addEventListener("editor-ready", () => prepare(body));
  document.addEventListener(
    "error",
    (event) => {
      if (!event.target.matches?.("script[type='module']")) return;
      document.querySelectorAll("textarea[data-rich-text]").forEach((area) => area.toggleAttribute("data-ready", true));
      prepare(body);
    },
    true,
  );

  // New content, at page load and after every swap

  function prepare(root) {
    const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
    for (const element of all("[data-saved]")) element.dataset.saved.split(/\s+/).filter(Boolean).forEach(forget);
    for (const form of all("form[data-keep]")) {
      if (seen.has(form) || awaitsEditor(form)) continue;
      seen.add(form);
      fetchKept(form);
    }
    for (const master of all("[data-check-all][hidden]")) master.hidden = false; // without this script it would do nothing
    countAllChecked();
  }

  document.documentElement.toggleAttribute("data-js", true);
  body.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  tidyKept();
  settleSent();
  prepare(document.documentElement);
})();
