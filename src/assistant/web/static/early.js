// Runs before anything is drawn: the language for Gradio's own words, and light or dark.
(() => {
  const root = document.documentElement;
  root.lang = "nl";
  Object.defineProperty(navigator, "language", { get: () => "nl" });
  Object.defineProperty(navigator, "languages", { get: () => ["nl"] });

  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch (error) {
      console.warn("De keuze voor licht of donker kan niet worden gelezen.", error);
      return null;
    }
  };
  const isDark = () => (chosen() ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    root.dataset.theme = isDark() ? "dark" : "light";
    for (const button of document.querySelectorAll("[data-switch-theme]")) {
      button.setAttribute("aria-pressed", String(isDark()));
    }
  };
  show();
  system.addEventListener("change", show);
  new MutationObserver(show).observe(root, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-switch-theme]")) return;
    const next = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", next);
    } catch (error) {
      console.warn("De keuze voor licht of donker kan niet worden bewaard.", error);
    }
    show();
  });
})();
