// Formatted text is written in an editor (Tiptap) in the place of its textarea, which holds the same as HTML and is sent with the form.
// Where this script does not run, or fails, the textarea takes light Markdown. The server cleans both (rich_text.py).

const areas = [...document.querySelectorAll("textarea[data-rich-text]")];
const partsOf = (area) => area.parentElement.querySelector("template[data-editor]");
const isUntouched = (area) => area.value === area.defaultValue || formatOf(area).value === "html"; // a browser may have kept what was typed
const formatOf = (area) => area.form.elements[`${area.name}-format`];

// What the buttons do, when they are pressed in, and when they are of no use
const listItem = "listItem";
const inTable = (editor) => editor.isActive("table");
const TOOLS = {
  heading: { run: (edit) => edit.toggleHeading({ level: 3 }), is: ["heading", { level: 3 }] },
  subheading: { run: (edit) => edit.toggleHeading({ level: 4 }), is: ["heading", { level: 4 }] },
  bold: { run: (edit) => edit.toggleBold(), is: ["bold"] },
  italic: { run: (edit) => edit.toggleItalic(), is: ["italic"] },
  bullets: { run: (edit) => edit.toggleBulletList(), is: ["bulletList"] },
  numbers: { run: (edit) => edit.toggleOrderedList(), is: ["orderedList"] },
  outdent: { run: (edit) => edit.liftListItem(listItem) },
  indent: { run: (edit) => edit.sinkListItem(listItem) },
  quote: { run: (edit) => edit.toggleBlockquote(), is: ["blockquote"] },
  link: { is: ["link"] },
  table: { run: (edit) => edit.insertTable({ rows: 3, cols: 2, withHeaderRow: true }), may: (editor) => !inTable(editor) },
  undo: { run: (edit) => edit.undo() },
  redo: { run: (edit) => edit.redo() },
  addRow: { run: (edit) => edit.addRowAfter() },
  addColumn: { run: (edit) => edit.addColumnAfter() },
  headerRow: { run: (edit) => edit.toggleHeaderRow(), is: ["tableHeader"] },
  deleteRow: { run: (edit) => edit.deleteRow() },
  deleteColumn: { run: (edit) => edit.deleteColumn() },
  deleteTable: { run: (edit) => edit.deleteTable() },
};

// The schema is what rich_text.TAGS lets through

function extensionsOf(library, askForLink) {
  const { Heading, ListItem, OrderedList, Link, Table, TableCell, TableHeader, textblockTypeInputRule } = library;
  const cell = { content: "(paragraph | bulletList | orderedList)+" };
  return [
    library.Document,
    library.Paragraph,
    library.Text,
    library.Bold,
    library.Italic,
    library.HardBreak,
    library.Blockquote,
    library.BulletList,
    OrderedList.configure({ enableListAttributes: false }),
    ListItem.extend({
      addKeyboardShortcuts() {
        return { Enter: () => this.editor.commands.splitListItem(this.name) }; // Tab leaves the editor
      },
    }),
    Heading.extend({
      parseHTML: () => [1, 2, 3, 4, 5, 6].map((number) => ({ tag: `h${number}`, attrs: { level: number > 3 ? 4 : 3 } })),
      renderHTML: ({ node }) => [`h${node.attrs.level}`, { "aria-level": node.attrs.level - 1 }, 0], // right below the heading of the page
      addInputRules() {
        return [3, 4].map((level) => textblockTypeInputRule({ find: new RegExp(`^#{${level - 1}}\\s$`), type: this.type, getAttributes: { level } }));
      },
    }).configure({ levels: [3, 4] }),
    Link.extend({
      addKeyboardShortcuts: () => ({ "Mod-k": askForLink }),
    }).configure({ autolink: false, isAllowedUri: isAllowed }),
    Table.extend({
      addKeyboardShortcuts() {
        const { Backspace, Delete, "Mod-Backspace": wordBack, "Mod-Delete": wordOn } = this.parent();
        return {
          Backspace,
          Delete,
          "Mod-Backspace": wordBack,
          "Mod-Delete": wordOn,
          Tab: () => this.editor.commands.goToNextCell(), // from the last cell, out of the editor
          "Shift-Tab": () => this.editor.commands.goToPreviousCell(),
        };
      },
    }),
    library.TableRow,
    TableCell.extend(cell),
    TableHeader.extend(cell),
    library.History,
    library.Gapcursor,
    library.TrailingNode.configure({ notAfter: ["heading", "bulletList", "orderedList"] }), // a way out of a table and a quotation
  ];
}

const hasScheme = (address) => /^[a-z][a-z0-9+.-]*:/i.test(address);
const isAllowed = (address) => /^(https?:\/\/|mailto:)\S+$/i.test(address) || (!hasScheme(address) && /^[/#?]/.test(address));

// What people type as an address of a page or a mailbox
function addressOf(typed) {
  const address = typed.trim();
  if (!address || hasScheme(address) || /^[/#?]/.test(address)) return address;
  return address.includes("@") && !address.includes("/") ? `mailto:${address}` : `https://${address}`;
}

// The text as the server stores it, so that saving what has not changed changes nothing

const ATTRIBUTES = { A: ["href"], TH: ["colspan", "rowspan"], TD: ["colspan", "rowspan"] };

function htmlOf(editor) {
  const { content } = Object.assign(document.createElement("template"), { innerHTML: editor.getHTML() });
  for (const element of content.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (!ATTRIBUTES[element.tagName]?.includes(name) || value === "1") element.removeAttribute(name);
    }
  }
  for (const first of content.querySelectorAll(":is(li, th, td) > p:first-child")) {
    if (!first.nextElementSibling?.matches("p")) first.replaceWith(...first.childNodes);
  }
  for (const element of [...content.querySelectorAll("p, li, h3, h4, blockquote, ul, ol")].reverse()) {
    if (!element.textContent.trim()) element.remove();
  }
  for (const body of content.querySelectorAll("tbody")) {
    const [row] = body.rows;
    if (row && [...row.cells].every((cell) => cell.tagName === "TH")) body.parentElement.createTHead().append(row);
    for (const header of body.parentElement.querySelectorAll("th")) header.setAttribute("scope", header.closest("thead") ? "col" : "row");
  }
  const box = document.createElement("div");
  box.append(content);
  return box.innerHTML;
}

// What Word and others put on the clipboard: bold as a style, and paragraphs that only look like a list. Styles and handlers are read by
// other names, so that the security policy has nothing to say about them

function pasted(html) {
  const tame = html
    .replace(/<style\b[^]*?<\/style>/gi, "")
    .replace(/<[^>]+>/g, (tag) => tag.replace(/\s(style|on\w+)(?=\s*=)/gi, " data-$1"));
  const { body } = new DOMParser().parseFromString(tame, "text/html");
  for (const element of body.querySelectorAll("span[data-style]")) {
    const isBold = /font-weight:\s*(bold|[6-9]00)/i.test(element.dataset.style);
    const isItalic = /font-style:\s*italic/i.test(element.dataset.style);
    for (const tag of [isBold && "strong", isItalic && "em"].filter(Boolean)) {
      const mark = document.createElement(tag);
      mark.append(...element.childNodes);
      element.append(mark);
    }
  }
  for (const element of body.querySelectorAll("b[data-style*='font-weight:normal']")) element.replaceWith(...element.childNodes);
  listsOfWord(body);
  return body.innerHTML;
}

function listsOfWord(body) {
  let open = []; // the lists around the last item, outermost first
  for (const paragraph of body.querySelectorAll("p[data-style*='mso-list:l']")) {
    const level = Number(/level(\d)/.exec(paragraph.dataset.style)?.[1] ?? 1);
    const sign = paragraph.querySelector("[data-style*='mso-list:Ignore']");
    const tag = /[\da-z]+[.)]/i.test(sign?.textContent ?? "") ? "ol" : "ul";
    sign?.remove();
    if (paragraph.previousElementSibling !== open[0]) open = [];
    const isSame = open[level - 1]?.localName === tag;
    open = open.slice(0, isSame ? level : level - 1);
    while (open.length < level) {
      const list = document.createElement(tag);
      if (open.length) (open.at(-1).lastElementChild ?? open.at(-1)).append(list);
      else paragraph.before(list);
      open.push(list);
    }
    const item = document.createElement("li");
    item.append(...paragraph.childNodes);
    open.at(-1).append(item);
    paragraph.remove();
  }
}

// One field

function write(library, area) {
  const parts = partsOf(area).content.cloneNode(true);
  const [box, tools, dialog] = [".editor", ".editor-tools", "dialog"].map((selector) => parts.querySelector(selector));
  const label = document.querySelector(`label[for="${area.id}"]`);
  label.id ||= `${area.id}_label`;
  const { id } = area;
  const text = document.createElement("div");
  const stored = area.defaultValue;
  let stands;

  const askForLink = () => {
    openDialog(dialog, editor);
    return true;
  };
  const editor = new library.Editor({
    element: text,
    content: area.value,
    extensions: extensionsOf(library, askForLink),
    injectCSS: false, // a style of its own, which the security policy forbids: it is in css/editor.css
    editorProps: {
      attributes: describe(area, label),
      transformPastedHTML: pasted,
      scrollMargin: { top: 80, bottom: 20, left: 0, right: 0 },
      scrollThreshold: { top: 80, bottom: 20, left: 0, right: 0 },
    },
    onUpdate: () => {
      const html = htmlOf(editor);
      const value = html === stands ? stored : html;
      if (value === area.value) return;
      area.value = value;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction: () => show(editor, tools),
  });
  stands = area.value === stored ? htmlOf(editor) : null;

  area.hidden = true;
  area.removeAttribute("id");
  editor.view.dom.id = id;
  tools.setAttribute("aria-controls", id);
  tools.setAttribute("aria-describedby", label.id);
  box.append(text);
  area.before(box);
  document.body.append(dialog);
  label.addEventListener("click", () => editor.commands.focus());
  area.form.addEventListener("reset", () => setTimeout(() => editor.commands.setContent(area.value, { emitUpdate: false })));
  steer(editor, tools, askForLink);
  show(editor, tools);
}

function describe(area, label) {
  const about = (area.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((id) => id && !document.querySelector(`#${id} [data-without-editor]`));
  const isWrong = area.getAttribute("aria-invalid");
  return {
    class: "rich-text",
    role: "textbox",
    "aria-multiline": "true",
    "aria-labelledby": label.id,
    ...(about.length ? { "aria-describedby": about.join(" ") } : {}),
    ...(isWrong ? { "aria-invalid": isWrong } : {}),
  };
}

const buttonsOf = (tools) => [...tools.querySelectorAll("button")].filter((button) => !button.closest("[hidden]"));

function show(editor, tools) {
  tools.querySelector("[data-in-table]").hidden = !inTable(editor);
  for (const button of tools.querySelectorAll("button")) {
    const { run, is, may } = TOOLS[button.dataset.do];
    if (is) button.setAttribute("aria-pressed", String(editor.isActive(...is)));
    const isOfUse = may ? may(editor) : !run || run(editor.can().chain()).run();
    button.setAttribute("aria-disabled", String(!isOfUse));
  }
  const stop = tools.querySelector("[tabindex='0']");
  if (!stop || stop.closest("[hidden]")) moveStop(tools, buttonsOf(tools)[0]);
}

function moveStop(tools, button) {
  for (const other of tools.querySelectorAll("button")) other.tabIndex = other === button ? 0 : -1; // one stop for the Tab key
}

function steer(editor, tools, askForLink) {
  tools.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays in the text
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const { run } = TOOLS[button.dataset.do];
    if (!run) askForLink();
    else run(editor.chain().focus()).run();
  });
  tools.addEventListener("keydown", (event) => {
    const buttons = buttonsOf(tools);
    const here = buttons.indexOf(event.target);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === "Escape") editor.commands.focus();
    if (next === undefined) return;
    event.preventDefault();
    const button = buttons.at(next % buttons.length);
    moveStop(tools, button);
    button.focus();
  });
}

function openDialog(dialog, editor) {
  const [form, input] = [dialog.querySelector("form"), dialog.querySelector("input")];
  let { from, to } = editor.state.selection;
  input.value = (editor.getAttributes("link").href ?? "").replace(/^mailto:/, "");
  input.setCustomValidity("");
  input.oninput = () => input.setCustomValidity("");
  dialog.querySelector("[value='remove']").hidden = !editor.isActive("link");
  form.onsubmit = (event) => {
    const { value } = event.submitter;
    if (value === "cancel") return;
    const href = value === "remove" ? "" : addressOf(input.value);
    if (href && !isAllowed(href)) {
      event.preventDefault();
      input.setCustomValidity(form.dataset.textWrong);
      input.reportValidity();
      return;
    }
    setLink(editor, href, input.value.trim());
    ({ from, to } = editor.state.selection);
  };
  dialog.onclose = () => {
    editor.commands.setTextSelection({ from, to }); // the browser gave focus back, but not the place in the text
    editor.view.focus();
  };
  dialog.showModal();
}

function setLink(editor, href, typed) {
  const edit = editor.chain().extendMarkRange("link");
  const isNew = editor.state.selection.empty && !editor.isActive("link");
  if (!href) edit.unsetLink().run();
  else if (isNew) edit.insertContent({ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }).run();
  else edit.setLink({ href }).run();
}

// All fields of the page

async function start() {
  let written = [];
  let library;
  try {
    library = await import(partsOf(areas[0]).dataset.editor);
    written = areas.filter(isUntouched);
  } catch {
    // the textareas stay
  }
  for (const area of areas) {
    area.toggleAttribute("data-ready", true);
    if (!written.includes(area)) continue;
    const typed = formatOf(area).value === "html" ? area.value : null;
    area.defaultValue = area.dataset.html;
    area.value = typed ?? area.dataset.html;
    formatOf(area).value = "html";
  }
  document.dispatchEvent(new Event("editor-ready")); // what was kept in the browser is fetched now
  written.forEach((area) => write(library, area));
}

start();
