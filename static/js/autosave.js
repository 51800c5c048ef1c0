// Saves a form a little after the last change: <form data-autosave="address"> with [data-autosave-status] for what came of it.
// One request at a time; a button pressed meanwhile waits for it, so that nobody is in conflict with oneself.

const SOON = 3000;
const AGAIN = 30_000; // after a failure
const LONGEST = 20_000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    form.addEventListener("input", ({ target }) => target.name && this.plan(SOON));
    form.addEventListener("submit", (event) => this.submit(event));
  }

  say(sentence, isSaved = false) {
    this.status.classList.toggle("muted", isSaved);
    if (this.status.textContent !== sentence) this.status.textContent = sentence; // the same sentence is not heard twice
  }

  plan(wait) {
    clearTimeout(this.timer);
    if (!this.isOver) this.timer = setTimeout(() => this.save(), wait);
  }

  save() {
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
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
