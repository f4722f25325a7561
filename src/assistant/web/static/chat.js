// The chat page in the browser: what happens without asking the server (opening sources, copying, small forms), and the
// passing on of the rest to Gradio through the trigger that each HTML component hands to `connect`.
(() => {
  const panel = () => document.getElementById("source-panel");
  const status = () => document.querySelector("#status [role=status]");
  const questionBox = () => document.querySelector("#question textarea");
  const thread = () => document.getElementById("thread");
  const say = (text) => {
    const element = status();
    if (!element) return;
    element.className = "visually-hidden";
    element.textContent = text;
  };

  const memory = window.verkoopassistent.memory.ofThisTab;
  // On a touch screen the focus brings up a keyboard, which would cover what was asked for.
  const touch = window.matchMedia("(pointer: coarse)");

  // --- Sources ---------------------------------------------------------------------------------------------------

  let openedFrom = null;

  const openSource = (button) => {
    const turn = button.closest(".turn");
    const passages = turn?.querySelector("template.passages");
    if (!passages) return;
    const body = panel().querySelector(".panel-body");
    body.replaceChildren(passages.content.cloneNode(true));
    panel().hidden = false;
    document.body.classList.add("with-panel");
    openedFrom = button;
    for (const other of document.querySelectorAll("[data-source][aria-expanded]")) other.removeAttribute("aria-expanded");
    button.setAttribute("aria-expanded", "true");
    const passage = body.querySelector(`[data-passage="${button.dataset.source}"]`);
    if (!passage) return;
    passage.classList.add("chosen");
    const mark = passage.querySelector("mark") ?? passage;
    body.scrollTop = passage.offsetTop - body.offsetTop;
    if (mark.getBoundingClientRect().bottom > body.getBoundingClientRect().bottom) mark.scrollIntoView({ block: "center" });
    passage.querySelector("h3").focus({ preventScroll: true });
  };

  const closePanel = () => {
    if (!panel() || panel().hidden) return;
    panel().hidden = true;
    document.body.classList.remove("with-panel");
    openedFrom?.removeAttribute("aria-expanded");
    if (openedFrom?.isConnected) openedFrom.focus();
    openedFrom = null;
  };

  // --- Copying ---------------------------------------------------------------------------------------------------

  const copyByHand = (text) => {
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "visually-hidden";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  };

  const copy = async (button) => {
    const text = button.dataset.copy;
    const label = button.textContent;
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch (error) {
      console.warn("Kopiëren via het klembord lukt niet; ik probeer het op de oude manier.", error);
      done = copyByHand(text);
    }
    button.textContent = done ? "Gekopieerd" : "Kopiëren lukt hier niet";
    say(button.textContent);
    setTimeout(() => (button.textContent = label), 2000);
  };

  // --- Asking ----------------------------------------------------------------------------------------------------

  // What was asked or typed comes back when the page is loaded again before its answer is complete.
  const DRAFT = "draft";

  const focusQuestion = () => {
    const box = questionBox();
    if (!box) return;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  };

  // For a moment after an answer ended or was stopped, Gradio passes over what is asked; then it is sent once more.
  let endedAt = -Infinity;
  const insist = (send) => {
    if (performance.now() - endedAt > 3000) return;
    const count = () => document.querySelectorAll("#thread .turn").length;
    const before = count();
    let tries = 10;
    const again = () => {
      if (document.querySelector("#live .turn") || count() !== before || tries-- === 0) return;
      send();
      setTimeout(again, 300);
    };
    setTimeout(again, 100);
  };
  const insistOnTyped = () => {
    const typed = questionBox()?.value;
    if (typed) insist(() => questionBox().value === typed && document.getElementById("send").click());
  };

  // A piece of an answer can still arrive after that answer was stopped or left; it is not shown again.
  const endedRuns = new Set();
  const endRun = () => endedRuns.add(document.querySelector("#live [data-run]")?.dataset.run);
  const dropLatePiece = () => {
    const late = document.querySelector("#live .turn.live");
    if (late && endedRuns.has(late.dataset.run)) late.remove();
  };

  // The question that is being changed and the turn that it stands in; Gradio asks for them on the event "edit".
  let edited = ["", ""];
  const stopEditing = () => document.body.classList.remove("editing");

  const onThreadClick = (event, trigger) => {
    const button = event.target.closest("button");
    if (!button) return;
    const turnId = button.closest(".turn")?.dataset.turn ?? "";
    if ("ask" in button.dataset) {
      memory.setItem(DRAFT, button.dataset.ask);
      const ask = () => trigger("ask", { question: button.dataset.ask });
      ask();
      insist(ask);
      if (!touch.matches) focusQuestion();
    } else if ("source" in button.dataset) openSource(button);
    else if ("copy" in button.dataset) copy(button);
    else if ("edit" in button.dataset) {
      edited = [button.closest(".turn").querySelector(".question p").textContent, turnId];
      trigger("edit");
      document.body.classList.add("editing");
      say(document.getElementById("editing-note").textContent.trim());
      focusQuestion();
    } else if (button.dataset.thumb) chooseThumb(button, turnId, trigger);
    else if ("closeFeedback" in button.dataset) hideFeedback(button.closest(".turn"));
  };

  const chooseThumb = (button, turnId, trigger) => {
    const turn = button.closest(".turn");
    for (const thumb of turn.querySelectorAll("[data-thumb]")) thumb.setAttribute("aria-pressed", String(thumb === button));
    trigger("judge", { turn_id: turnId, thumb: button.dataset.thumb });
    const isDown = button.dataset.thumb === "down";
    turn.querySelector("form.feedback").hidden = !isDown;
    turn.querySelector("[data-thumb=down]").setAttribute("aria-expanded", String(isDown));
    if (isDown) {
      turn.querySelector("form.feedback input").focus({ preventScroll: true });
      turn.querySelector("form.feedback").scrollIntoView({ block: "nearest" });
    }
  };

  const hideFeedback = (turn) => {
    turn.querySelector("form.feedback").hidden = true;
    const down = turn.querySelector("[data-thumb=down]");
    down.setAttribute("aria-expanded", "false");
    down.focus();
  };

  const onThreadSubmit = (event, trigger) => {
    event.preventDefault();
    const turn = event.target.closest(".turn");
    const reason = event.target.querySelector("input[type=radio]:checked")?.value ?? "";
    trigger("judge", { turn_id: turn.dataset.turn, thumb: "down", reason, remark: event.target.elements.remark.value });
    hideFeedback(turn);
  };

  // --- Conversations ---------------------------------------------------------------------------------------------

  const closeSidebar = () => {
    if (!document.body.classList.contains("with-sidebar")) return;
    document.body.classList.remove("with-sidebar");
    const button = document.querySelector("[data-switch-sidebar]");
    button?.setAttribute("aria-expanded", "false");
    button?.focus();
  };

  // The menu and forms of a conversation are only made when someone opens them.
  const makeParts = (item) => {
    if (item.querySelector(".menu")) return;
    const parts = item.closest("#conversations").querySelector("template.conversation-parts").content.cloneNode(true);
    parts.querySelector("a[download]").href = `/gesprekken/${item.dataset.conversationId}.md`;
    parts.querySelector("input[name=title]").value = item.querySelector(".title > span").textContent;
    item.append(parts);
  };

  const showPart = (item, name) => {
    makeParts(item);
    for (const part of ["menu", "rename", "confirm"]) item.querySelector(`.${part}`).hidden = part !== name;
    item.querySelector("[data-more]").setAttribute("aria-expanded", String(Boolean(name)));
    if (name) item.querySelector(`.${name} input, .${name} button`)?.focus();
    else item.querySelector("[data-more]").focus();
  };

  // A change makes the list anew; the focus goes to what the change was about, unless it went elsewhere meanwhile.
  let wantedFocus = "";
  const focusAfterChange = (selector) => {
    for (const part of document.querySelectorAll("#conversations ul, #conversations p")) part.dataset.old = "";
    wantedFocus = selector;
  };
  const followChange = () => {
    const wanted = wantedFocus && document.querySelector(`#conversations :is(ul, p):not([data-old]) ${wantedFocus}`);
    if (wanted) wanted.focus();
  };
  const titleOf = (id) => `[data-conversation-id="${id}"] .title`;

  let openConversation = () => {};

  const onListClick = (event, trigger) => {
    const button = event.target.closest("button");
    if (!button) return;
    const item = button.closest("[data-conversation-id]");
    const id = item?.dataset.conversationId ?? "";
    if ("open" in button.dataset) {
      openConversation(id);
      stopEditing();
      closeSidebar();
      closePanel();
    } else if ("more" in button.dataset) showPart(item, button.getAttribute("aria-expanded") === "true" ? "" : "menu");
    else if ("rename" in button.dataset) showPart(item, "rename");
    else if ("delete" in button.dataset) showPart(item, "confirm");
    else if ("cancel" in button.dataset) showPart(item, "");
    else if ("deleteSure" in button.dataset) {
      focusAfterChange("[data-restore]");
      trigger("remove", { conversation_id: id });
    } else if (button.dataset.restore) {
      focusAfterChange(titleOf(button.dataset.restore));
      trigger("restore", { conversation_id: button.dataset.restore });
    } else if ("older" in button.dataset) {
      focusAfterChange(`li:nth-child(${Number(button.dataset.older) + 1}) .title`);
      trigger("older", { shown: button.dataset.older });
    }
  };

  const onListSubmit = (event, trigger) => {
    event.preventDefault();
    const id = event.target.closest("[data-conversation-id]").dataset.conversationId;
    focusAfterChange(titleOf(id));
    trigger("rename", { conversation_id: id, title: event.target.elements.title.value });
  };

  // --- Wiring ----------------------------------------------------------------------------------------------------

  Object.assign(window.verkoopassistent, {
    questionToEdit: () => edited,
    connectThread(element, trigger) {
      element.addEventListener("click", (event) => onThreadClick(event, trigger));
      element.addEventListener("submit", (event) => onThreadSubmit(event, trigger));
    },
    connectConversations(element, trigger) {
      openConversation = (id) => {
        endRun();
        endedAt = performance.now();
        trigger("open", { conversation_id: id });
      };
      element.addEventListener("click", (event) => onListClick(event, trigger));
      element.addEventListener("submit", (event) => onListSubmit(event, trigger));
    },
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-close-panel]")) closePanel();
    if (event.target.closest?.("[data-switch-sidebar]")) {
      const isOpen = document.body.classList.toggle("with-sidebar");
      document.querySelector("[data-switch-sidebar]").setAttribute("aria-expanded", String(isOpen));
      if (isOpen) document.querySelector("#new-conversation")?.focus();
    }
    if (event.target.closest?.("[data-close-sidebar]") || event.target === document.body) closeSidebar();
    if (event.target.closest?.("#editing button")) {
      stopEditing();
      if (!touch.matches) focusQuestion();
    }
    if (event.target.closest?.("#stop, #new-conversation")) endedAt = performance.now();
    if (event.target.closest?.("#send") && event.isTrusted) insistOnTyped();
    if (event.target.closest?.("#new-conversation")) {
      endRun();
      closeSidebar();
      stopEditing();
      closePanel();
      if (!touch.matches) focusQuestion();
    }
  });

  // Nothing is asked with an empty box; Gradio would ask, and pass over what is typed until that is answered.
  const stopEmpty = (event) => {
    const isSending = event.type === "click" ? event.target.closest?.("#send") : event.key === "Enter" && event.target === questionBox();
    if (!isSending || event.shiftKey || questionBox().value.trim()) return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", stopEmpty, { capture: true });
  document.addEventListener("keydown", stopEmpty, { capture: true });

  document.addEventListener("focusin", () => (wantedFocus = ""));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target === questionBox()) insistOnTyped();
    if (event.key !== "Escape") return;
    if (document.body.classList.contains("with-sidebar")) closeSidebar();
    else closePanel();
  });

  // The address follows the conversation, so that loading the page again brings it back, and the back button the one before.
  let shownConversation = null;
  let isTravelling = false; // whether the address leads, after the back or forward button
  let caughtUpWith = null; // the address that was asked for once more
  const CATCH_UP_MS = 300;
  const conversationInAddress = () => new URL(window.location.href).searchParams.get("gesprek") ?? "";
  const followConversation = () => {
    const id = thread()?.querySelector("[data-conversation]")?.dataset.conversation ?? null;
    if (id === null || id === shownConversation) return;
    const address = new URL(window.location.href);
    if (id) address.searchParams.set("gesprek", id);
    else address.searchParams.delete("gesprek");
    if (shownConversation === null) window.history.replaceState(null, "", address);
    else if (id !== conversationInAddress() && !isTravelling) window.history.pushState(null, "", address);
    shownConversation = id;
    // Gradio passes over an opening asked for while another one runs: who goes two steps on would stay at the first.
    const wanted = conversationInAddress();
    if (isTravelling && id !== wanted && caughtUpWith !== wanted) {
      caughtUpWith = wanted;
      window.setTimeout(() => {
        if (isTravelling && conversationInAddress() !== shownConversation) openConversation(conversationInAddress());
      }, CATCH_UP_MS);
    }
  };
  window.addEventListener("popstate", () => {
    if (shownConversation === null || conversationInAddress() === shownConversation) return;
    openConversation(conversationInAddress());
    isTravelling = true;
    caughtUpWith = null;
    stopEditing();
    closePanel();
  });
  for (const name of ["click", "submit"]) {
    document.addEventListener(name, () => (isTravelling = false), { capture: true });
  }

  // A conversation that is opened shows its newest turn.
  let showing = "";
  const followOpening = () => {
    const turns = thread()?.querySelector(".turns[data-shown]");
    if (!turns || turns.dataset.shown === showing) return;
    showing = turns.dataset.shown;
    if (turns.children.length > 2) scrollTo(turns.lastElementChild);
  };

  document.addEventListener("input", (event) => {
    if (event.target === questionBox()) memory.setItem(DRAFT, event.target.value);
  });
  let isRestored = false;
  const restoreDraft = () => {
    const box = questionBox();
    if (isRestored || !box || !thread()?.querySelector("[data-conversation]")) return;
    isRestored = true;
    box.enterKeyHint = "send";
    const draft = memory.getItem(DRAFT);
    if (!draft || box.value) return;
    box.value = draft;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // A complete answer moves from the live part to the end of the thread, so that the turns before it are left alone. When
  // turns were added in another tab, the whole conversation is shown anew.
  const adoptAnswer = () => {
    const done = document.querySelector("#live .done");
    const shown = thread()?.querySelector(".turns, .welcome");
    if (!done || !shown) return;
    let turns = shown;
    if (shown.matches(".welcome") || shown.dataset.conversation !== done.dataset.conversation) {
      turns = document.createElement("div");
      turns.className = "turns";
      const title = document.createElement("h1");
      title.className = "visually-hidden";
      title.textContent = done.dataset.title;
      turns.append(title);
      shown.replaceWith(turns);
    }
    turns.dataset.conversation = done.dataset.conversation;
    turns.dataset.said = done.dataset.said;
    const replaced = done.dataset.replaces && document.getElementById(`turn-${done.dataset.replaces}`);
    while (replaced && replaced.nextElementSibling) replaced.nextElementSibling.remove();
    if (replaced) replaced.remove();
    const last = turns.querySelector(".turn:last-of-type")?.dataset.turn;
    if (last && done.dataset.after && last !== done.dataset.after) openConversation(done.dataset.conversation);
    endedRuns.add(done.dataset.run);
    turns.append(...done.children);
    done.remove();
    endedAt = performance.now();
  };

  // A new question scrolls to the top of the page when it is asked and once more when its answer is complete, unless the
  // reader has scrolled meanwhile: then the page stays where they are.
  let wasLive = false;
  let readerScrolled = false;
  for (const name of ["wheel", "touchmove"]) {
    document.addEventListener(name, () => (readerScrolled = true), { passive: true });
  }
  const scrollTo = (element) => requestAnimationFrame(() => element?.scrollIntoView({ block: "start" }));
  const followQuestion = () => {
    const live = document.querySelector("#live .turn");
    document.body.classList.toggle("answering", live?.getAttribute("aria-busy") === "true");
    if (live && !wasLive) {
      readerScrolled = false;
      isTravelling = false;
      stopEditing();
      if (touch.matches) questionBox()?.blur();
      scrollTo(live);
    } else if (!live && wasLive) {
      memory.setItem(DRAFT, questionBox()?.value ?? "");
      if (!readerScrolled) scrollTo(thread()?.querySelector(".turn:last-of-type"));
    }
    wasLive = Boolean(live);
  };

  // What changes in the thread is also said to who cannot see it.
  let said = "";
  const sayWhatChanged = () => {
    const changed = document.querySelector("#live [data-said]") ?? document.querySelector("#thread [data-said]");
    const now = changed?.dataset.said ?? "";
    if (now === said) return;
    said = now;
    say(said);
  };

  new MutationObserver(() => {
    if (!document.body) return;
    adoptAnswer();
    dropLatePiece();
    followConversation();
    followQuestion();
    followOpening();
    followChange();
    sayWhatChanged();
    restoreDraft();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
