// The page works without this. With it, what is sent and what comes back do not reload the page.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const remember = {
    get: (key) => { try { return sessionStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* a browser that keeps nothing */ } },
    nothing: () => { try { sessionStorage.clear(); } catch { /* nor has anything to clear */ } },
  };

  for (const button of all(".print")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  const showCopy = (root) => {
    if (!navigator.clipboard) return;
    for (const button of all(".copy", root)) button.hidden = false;
  };
  showCopy(document);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const words = button.closest(".german, main").querySelector(".copied").textContent;
    await navigator.clipboard.writeText(words);
    button.textContent = button.dataset.done;
  });

  const log = document.getElementById("log");
  if (!log) return;
  const page = document.body.dataset;
  const query = page.query || "?";
  const status = document.getElementById("status");
  const composer = document.getElementById("composer");
  const text = document.getElementById("text");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let last = Number(page.last);
  let begun = page.begun;
  let stream = null;
  let queue = Promise.resolve();

  // What the person typed stays in this tab: the server does not keep it.
  const fillTyped = (root) => {
    for (const line of all("[data-event]", root)) {
      const words = remember.get(line.dataset.event);
      const bubble = line.querySelector(".typed");
      if (words && bubble) {
        bubble.classList.remove("typed");
        bubble.lastChild.textContent = words;
      }
    }
  };

  const isNear = () => innerHeight + scrollY > document.documentElement.scrollHeight - 160;
  const goTo = (line) => line.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  let below = null;
  const tellBelow = (line) => {
    below?.remove();
    below = document.createElement("button");
    below.type = "button";
    below.className = "below";
    below.textContent = `↓ ${page.newBelow}`;
    below.addEventListener("click", () => { goTo(line); below.remove(); });
    document.body.append(below);
  };

  const typing = document.createElement("div");
  typing.className = "line bot typing";
  typing.innerHTML = '<p class="bubble"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span></p>';
  const waiting = (is) => {
    if (is) log.append(typing); else typing.remove();
    if (is) status.textContent = page.typing; else if (status.textContent === page.typing) status.textContent = "";
  };

  const ownLine = (words, id) => {
    const line = document.createElement("div");
    line.className = "line own";
    line.dataset.event = id;
    const bubble = document.createElement("p");
    bubble.className = "bubble";
    const who = document.createElement("span");
    who.className = "who";
    who.textContent = `${page.you}: `;
    const said = document.createElement("bdi");
    said.textContent = words;
    bubble.append(who, said);
    line.append(bubble);
    log.append(line);
    return line;
  };

  let awaited = false; // whether an answer to this tab is on its way
  let turnShown = 0;
  const add = ({ line, turn, event, html }) => {
    if (line <= last) return;
    last = line;
    for (const old of all(".choices, .tools", log)) old.remove();
    const known = event && log.querySelector(`[data-event="${CSS.escape(event)}"]`);
    if (known) { known.dataset.line = line; return; }
    const template = document.createElement("template");
    template.innerHTML = html;
    const made = template.content.firstElementChild;
    const near = isNear();
    const hadFocus = document.activeElement?.closest?.(".choices, .line") || document.activeElement === document.body;
    waiting(false);
    document.getElementById("latest")?.removeAttribute("id");
    log.append(made);
    fillTyped(made.parentElement);
    showCopy(made);
    // The beginning of an answer is shown, not its end; who reads further up is not torn away.
    if (turn !== turnShown) {
      const before = made.previousElementSibling;
      if (awaited || near) goTo(before?.classList.contains("own") ? before : made);
      else tellBelow(made);
      awaited = false;
    }
    if (!made.classList.contains("own")) turnShown = turn;
    if (hadFocus) log.focus({ preventScroll: true });
  };

  const listen = () => {
    stream?.close();
    stream = new EventSource(`/events${query}&after=${last}&lang=${document.documentElement.lang}`);
    stream.addEventListener("line", (event) => add(JSON.parse(event.data)));
    stream.addEventListener("reload", () => location.reload());
    stream.addEventListener("gone", (event) => leave(JSON.parse(event.data).gone));
    stream.addEventListener("open", () => { if (status.textContent === page.offline) status.textContent = ""; });
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000); });
  };

  const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
  // Sent again with the same id until it is taken: the server takes each id once.
  const send = async (action, fields) => {
    for (let wait = 1; ; wait = Math.min(wait * 2, 30)) {
      let answer = null;
      try {
        answer = await fetch(action, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" } });
      } catch { /* no connection */ }
      if (answer && answer.status < 500) return answer;
      status.textContent = page.offline;
      await pause(wait);
    }
  };

  let left = false; // the answer and the stream both tell that everything is gone
  const leave = (to) => { if (left) return; left = true; remember.nothing(); location.replace(to); };
  const tell = (words) => { waiting(false); status.textContent = words; };
  // What was not taken goes back to where it was written; the buttons can be pressed again.
  const undo = ({ id, text: words }) => {
    log.querySelector(`[data-event="${CSS.escape(id)}"]`)?.remove();
    for (const old of all(".choices, .tools", log)) old.hidden = false;
    text.value ||= words || "";
  };
  // A conversation that has begun has more in its menu; the page that is open learns it without being loaded again.
  const showMenu = async () => {
    const whole = new DOMParser().parseFromString(await (await fetch(`/${page.query}`)).text(), "text/html");
    for (const part of [".menu nav", ".languages"]) {
      document.querySelector(part).replaceWith(whole.querySelector(part));
    }
  };
  const told = async (action, fields) => {
    if (begun) fields.begun = "1";
    const answer = await send(action, fields);
    if (status.textContent === page.offline) status.textContent = "";
    if (!answer.ok) {
      undo(fields);
      return tell({ 429: page.tooMany, 413: page.tooLong }[answer.status] || page.failed);
    }
    const said = await answer.json();
    if (said.gone) return leave(said.gone);
    if (said.reload) return location.reload();
    if ("after" in said) {
      if (begun) return noCookies();
      begun = "1";
      last = said.after;
      if (composer.querySelector("[name=lang]")) history.replaceState(null, "", `/${page.query}`);
      listen();
      showMenu().catch(() => {}); // it is there when the page is loaded again
    }
  };
  const noCookies = () => {
    tell(page.noCookies + " ");
    const link = document.createElement("a");
    link.href = "/";
    link.target = "_blank";
    link.textContent = page.ownWindow;
    status.append(link);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const kind = form.getAttribute("id"); // form.id is the field of that name
    if (button?.formAction.includes("/forget")) remember.nothing();
    if (button?.hasAttribute("formaction") || !["choices", "commands", "composer"].includes(kind)) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form, button?.name ? button : undefined));
    if (!fields.choice && !fields.text?.trim()) return text.focus();
    fields.id = `${Date.now().toString(36)}-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    const isLanguage = /^:lang:/.test(fields.choice || "");
    const words = fields.choice ? button.textContent.trim() : fields.text;
    document.querySelector("details.menu")?.removeAttribute("open");
    if (!isLanguage && !words.startsWith("/") && !fields.text?.startsWith("/")) {
      if (!fields.choice) remember.set(fields.id, words);
      for (const old of all(".choices, .tools", log)) old.hidden = true;
      goTo(ownLine(words, fields.id));
      if (document.activeElement === document.body) log.focus({ preventScroll: true });
    }
    awaited = true;
    if (form === composer) text.value = "";
    waiting(true);
    queue = queue.then(() => told(form.action, fields)).catch(() => tell(page.failed));
  });

  document.addEventListener("click", async (event) => {
    const share = event.target.closest(".share");
    if (!share || (!navigator.share && !navigator.clipboard)) return;
    event.preventDefault();
    try {
      if (navigator.share) await navigator.share({ title: "Lotse", url: share.href });
      else { await navigator.clipboard.writeText(share.href); share.textContent = page.copied; }
    } catch { /* the person changed their mind */ }
  });

  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector("details.menu");
    if (event.key === "Escape" && menu?.open) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  fillTyped(document);
  if (begun) {
    listen();
    document.getElementById("latest")?.closest(".line").scrollIntoView({ block: "start" });
  }
})();
