// Saves a form a little after the last change: <form data-autosave="address"> with [data-autosave-status] for what came of it.
// One request at a time; a button pressed meanwhile waits for it, so that nobody is in conflict with oneself. Whoever leaves by a
// link or another button of the page takes what was typed along.

const SOON = 3000;
const AGAIN = 30_000; // after a failure
const LONGEST = 20_000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    form.addEventListener("input", ({ target }) => target.name && this.plan(SOON));
    form.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("click", (event) => this.leave(event, leadsAway(event)), true);
    document.addEventListener("submit", (event) => this.leave(event, this.isOwn(event.target) ? null : event.target), true);
  }

  isOwn(form) {
    return form === this.form || form.method === "dialog"; // the dialogs are those of its fields
  }

  say(sentence, isSaved = false) {
    this.status.classList.toggle("muted", isSaved);
    if (this.status.textContent !== sentence) this.status.textContent = sentence; // the same sentence is not heard twice
  }

  plan(wait) {
    clearTimeout(this.timer);
    this.timer = this.isOver ? null : setTimeout(() => this.save(), wait);
  }

  save() {
    this.timer = null;
    const isUnderWay = this.saving || this.form.hasAttribute("data-busy");
    const isOverSomebodys = this.form.querySelector(":scope > .kept[data-color='warning']"); // that is for the person to decide
    if (isUnderWay) this.plan(SOON);
    else if (!isOverSomebodys) this.saving = this.send().finally(() => (this.saving = null));
  }

  async send() {
    const { form } = this;
    const { textSaved, textConflict, textSignedOut, textFailed } = this.status.dataset;
    const sent = new FormData(form);
    let answer;
    let response;
    try {
      response = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams(sent),
        redirect: "manual",
        signal: AbortSignal.timeout(LONGEST),
      });
      answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
    } catch {
      answer = {};
    }
    if (answer.version) {
      form.elements.version.value = answer.version;
      form.dispatchEvent(new CustomEvent("form-saved", { bubbles: true, detail: sent }));
      this.say(textSaved.replace("{time}", answer.saved_at), true);
    } else if (response?.status === 409) {
      this.isOver = true;
      this.say(`${answer.sentence} ${textConflict}`);
    } else if (answer.sentence) {
      this.say(answer.sentence);
    } else {
      this.say(response?.type === "opaqueredirect" ? textSignedOut : textFailed);
      this.plan(AGAIN);
    }
  }

  async submit(event) {
    clearTimeout(this.timer);
    if (!this.saving) return;
    event.preventDefault();
    if (this.isSubmitting) return;
    this.isSubmitting = true;
    await this.saving;
    this.isSubmitting = false;
    this.form.requestSubmit(event.submitter);
  }

  async leave(event, by) {
    if (!by || !(this.timer || this.saving)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isLeaving) return;
    this.isLeaving = true;
    await this.saving;
    if (this.timer) {
      clearTimeout(this.timer);
      this.save();
      await this.saving;
    }
    clearTimeout(this.timer); // what could not be saved is kept in the browser
    this.timer = null;
    this.isLeaving = false;
    if (by.localName === "form") by.requestSubmit(event.submitter);
    else by.click();
  }
}

// The link that is followed from this page to another, unless what was typed is to be thrown away
function leadsAway({ target, button }) {
  const link = target.closest?.("a[href]:not([target], [data-cancel], [href^='#'], [contenteditable] *)");
  return button === 0 && link?.protocol.startsWith("http") ? link : null;
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
