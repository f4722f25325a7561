// Runs before anything is drawn: Dutch for Gradio's own words, and light or dark.
(() => {
  const root = document.documentElement;
  root.lang = "nl";
  Object.defineProperty(navigator, "language", { get: () => "nl" });
  Object.defineProperty(navigator, "languages", { get: () => ["nl"] });

  // What Gradio says in English whatever the language; an empty word takes the label away, so that the text counts.
  const DUTCH = {
    "Click to upload or drop files": "",
    "File upload": "Kies bestanden",
    "Remove this file": "Haal dit bestand weg",
    "common.upload": "Kies bestanden",
    "Dismiss": "Sluit",
    "Close": "Sluit",
    "Error": "Er ging iets mis",
    "Warning": "Let op",
    "Info": "Ter informatie",
    "Connection Lost": "De verbinding is weg",
    "Connection to the server was lost. Attempting reconnection...":
      "De verbinding met de assistent is weg. Ik probeer opnieuw verbinding te maken…",
    "Connection errored out.": "De verbinding is verbroken. Laad de pagina opnieuw en stel je vraag nog eens.",
    "This application is currently busy. Please try again.": "Het is druk. Probeer het over een minuut nog eens.",
  };
  const translateLabels = (element) => {
    for (const name of ["aria-label", "title"]) {
      const word = DUTCH[element.getAttribute(name)?.trim()];
      if (word) element.setAttribute(name, word);
      else if (word === "") element.removeAttribute(name);
    }
  };
  const translate = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const word = DUTCH[node.data.trim()];
      if (word && document.querySelector("gradio-app")) node.data = word;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    translateLabels(node);
    for (const element of node.querySelectorAll("[aria-label], [title]")) translateLabels(element);
    if (node.querySelector("#thread")) return;
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) translate(texts.currentNode);
  };

  // What a page remembers; where the browser refuses, only until the page is left.
  const openMemory = (name) => {
    try {
      window[name].setItem("probe", "");
      window[name].removeItem("probe");
      return window[name];
    } catch (error) {
      console.warn("Deze browser bewaart niets van deze pagina.", error);
      const kept = new Map();
      return {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => kept.set(key, value),
        removeItem: (key) => kept.delete(key),
      };
    }
  };
  const memory = { lasting: openMemory("localStorage"), ofThisTab: openMemory("sessionStorage") };
  window.verkoopassistent = { memory };
  const keepsCookies = () => {
    document.cookie = "probe=1; SameSite=Lax; Path=/";
    const kept = document.cookie.includes("probe=1");
    document.cookie = "probe=; SameSite=Lax; Path=/; Max-Age=0";
    return kept;
  };
  if (!keepsCookies()) root.classList.add("no-cookies");

  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (memory.lasting.getItem("theme") ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    root.dataset.theme = isDark() ? "dark" : "light";
    for (const button of document.querySelectorAll("[data-switch-theme]")) button.textContent = isDark() ? "Licht" : "Donker";
  };
  show();
  document.addEventListener("DOMContentLoaded", show);
  system.addEventListener("change", show);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.target.closest?.("#thread, #live, #conversations, #source-panel")) continue;
      for (const node of change.addedNodes) {
        translate(node);
        if (node.querySelector?.("[data-switch-theme]")) {
          show();
          followBar();
        }
      }
    }
  }).observe(root, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-switch-theme]")) return;
    memory.lasting.setItem("theme", isDark() ? "light" : "dark");
    show();
  });

  // Large text can make the top bar higher than planned; what stands under it makes room. Narrow pages let it scroll away.
  const narrow = window.matchMedia("(max-width: 48rem)");
  const bar = new ResizeObserver(([{ target }]) => {
    if (narrow.matches) root.style.removeProperty("--bar");
    else root.style.setProperty("--bar", `${target.offsetHeight}px`);
  });
  let observed = null;
  const followBar = () => {
    const found = document.querySelector(".topbar");
    if (!found || found === observed) return;
    bar.disconnect();
    bar.observe((observed = found));
  };
  document.addEventListener("DOMContentLoaded", followBar);

  // A page that shows how far the loading is looks again each second, and makes place for the real one.
  const lookAgain = async () => {
    const response = await fetch(window.location.href, { headers: { accept: "text/html" } }).catch(() => null);
    const next = response && new DOMParser().parseFromString(await response.text(), "text/html");
    const waiting = next?.querySelector("[data-waiting]");
    if (next && !waiting) return window.location.reload();
    if (waiting) document.querySelector("[data-waiting]").replaceWith(waiting);
    setTimeout(lookAgain, 1000);
  };
  document.addEventListener("DOMContentLoaded", () => document.querySelector("[data-waiting]") && setTimeout(lookAgain, 1000));

  // Escape takes the explanation of a term away, until another one is pointed at.
  document.addEventListener("keydown", (event) => root.classList.toggle("without-terms", event.key === "Escape"));
  document.addEventListener("mouseover", () => root.classList.remove("without-terms"));
})();
