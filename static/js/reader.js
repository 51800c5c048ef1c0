// Reads PDFs on a wide screen with pdf.js, in place of the images of their pages. Whatever goes wrong, the images are there.
// Nothing in the file is run: no script of its own, no XFA form; the security policy allows scripts of this site alone.

const wide = matchMedia("(min-width: 64rem)");
const STEP = 1.2;
const SCALES = { least: 0.4, most: 5 };

const format = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

async function load(reader) {
  const { library, viewer, worker } = reader.dataset;
  const pdfjs = await import(library); // first: the viewer asks for it as a global name
  pdfjs.GlobalWorkerOptions.workerSrc = worker;
  return { pdfjs, parts: await import(viewer) };
}

// The viewer asks for English words of its own; ours are in the template
const words = {
  getLanguage: () => document.documentElement.lang,
  getDirection: () => "ltr",
  get: async () => "",
  translate: async () => {},
  translateOnce: async () => {},
  destroy: async () => {},
  pause: () => {},
  resume: () => {},
};

async function open(reader) {
  const { pdfjs, parts } = await load(reader);
  const { reader: url, parts: folder } = reader.dataset;
  const task = pdfjs.getDocument({
    url,
    wasmUrl: folder, // where the decoders of scanned pages are, as plain scripts
    standardFontDataUrl: folder,
    useWasm: false,
    useWorkerFetch: false,
    enableXfa: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  const shown = reader.querySelector("[data-reader-template]").content.cloneNode(true);
  const container = shown.querySelector("[data-scroll]");
  const tools = shown.querySelector(".reader-tools");
  const file = await task.promise;
  reader.append(shown);
  const eventBus = new parts.EventBus();
  const linkService = new parts.PDFLinkService({
    eventBus,
    externalLinkTarget: parts.LinkTarget.BLANK,
    externalLinkRel: "noopener noreferrer",
  });
  const findController = new parts.PDFFindController({ linkService, eventBus });
  const viewer = new parts.PDFViewer({
    container,
    eventBus,
    linkService,
    findController,
    l10n: words,
    annotationMode: pdfjs.AnnotationMode.ENABLE,
    imageResourcesPath: folder,
    removePageBorders: true,
    enableAutoLinking: false,
  });
  linkService.setViewer(viewer);
  const opened = new Promise((resolve, reject) => {
    eventBus.on("pagesinit", () => {
      viewer.currentScaleValue = "auto";
      tools.querySelector("[data-pages]").textContent = viewer.pagesCount;
      for (let index = 0; index < viewer.pagesCount; index += 1) {
        const label = format(reader.dataset.textPage, { page: index + 1, pages: viewer.pagesCount });
        viewer.getPageView(index).div.setAttribute("aria-label", label);
      }
    });
    eventBus.on("pagerendered", ({ error }) => (error ? reject(error) : resolve()));
  });
  viewer.setDocument(file);
  linkService.setDocument(file);
  steer(reader, { viewer, eventBus, container, tools });
  await opened;
  eventBus.on("pagerendered", ({ error }) => error && showImages(reader));
}

function steer(reader, { viewer, eventBus, container, tools }) {
  const page = tools.querySelector("[data-page]");
  const matches = tools.querySelector("[data-matches]");
  const find = tools.querySelector("[data-find]");
  const sought = find.querySelector("input");
  const scaled = (scale) => (viewer.currentScale = Math.min(Math.max(scale, SCALES.least), SCALES.most));
  const goTo = (number) => (viewer.currentPageNumber = Math.min(Math.max(number, 1), viewer.pagesCount));
  const does = {
    previous: () => goTo(viewer.currentPageNumber - 1),
    next: () => goTo(viewer.currentPageNumber + 1),
    smaller: () => scaled(viewer.currentScale / STEP),
    larger: () => scaled(viewer.currentScale * STEP),
    fit: () => (viewer.currentScaleValue = "page-width"),
  };
  const keys = { ArrowLeft: "previous", ArrowRight: "next", "-": "smaller", "+": "larger", 0: "fit" };

  tools.addEventListener("click", (event) => does[event.target.closest("[data-do]")?.dataset.do]?.());
  container.addEventListener("keydown", (event) => {
    const name = keys[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    does[name]();
  });
  page.addEventListener("change", () => {
    goTo(Number.parseInt(page.value, 10) || viewer.currentPageNumber);
    page.value = viewer.currentPageNumber;
  });
  eventBus.on("pagechanging", ({ pageNumber }) => (page.value = pageNumber));
  eventBus.on("scalechanging", ({ scale }) => (tools.querySelector("[data-zoom]").textContent = `${Math.round(scale * 100)} %`));

  let before = "";
  find.addEventListener("submit", (event) => {
    event.preventDefault();
    const type = sought.value === before ? "again" : "";
    before = sought.value;
    eventBus.dispatch("find", { source: find, type, query: before, highlightAll: true, caseSensitive: false, entireWord: false, matchDiacritics: true });
  });
  const tell = ({ matchesCount: { current, total } }) => {
    const { textNone, textMatches } = reader.dataset;
    matches.textContent = total ? format(textMatches, { current, total }) : before && textNone;
  };
  eventBus.on("updatefindmatchescount", tell);
  eventBus.on("updatefindcontrolstate", tell);
  new ResizeObserver(() => {
    const fits = ["auto", "page-width"].includes(viewer.currentScaleValue);
    if (fits && container.offsetParent) viewer.currentScaleValue = String(viewer.currentScaleValue); // measured anew
  }).observe(container);
}

const say = (reader, sentence) => (reader.querySelector("[data-reader-status]").textContent = sentence);

function showImages(reader) {
  reader.dataset.state = "images";
  say(reader, reader.dataset.textImages);
}

async function start(reader) {
  if (!wide.matches || reader.dataset.state) return;
  reader.dataset.state = "opening";
  say(reader, reader.dataset.textOpening);
  try {
    await open(reader);
    reader.dataset.state = "open";
    say(reader, reader.dataset.textOpen);
  } catch {
    showImages(reader);
  }
}

const startAll = () => document.querySelectorAll("[data-reader]").forEach(start);
wide.addEventListener("change", startAll);
startAll();
