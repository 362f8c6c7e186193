// Puts Lotse into a page of another site: <script src="https://…/embed.js" async></script>, where the chat is to stand.
// data-lang, data-start (a link's prefill) and data-height (CSS) are understood.
(() => {
  const script = document.currentScript;
  const address = new URL("/?embed=1", script.src);
  for (const name of ["lang", "start"]) {
    if (script.dataset[name]) address.searchParams.set(name, script.dataset[name]);
  }
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = "Lotse";
  frame.style.cssText = "border:0;width:100%;max-width:48rem;border-radius:12px";
  frame.style.height = script.dataset.height || "640px";
  frame.allow = "clipboard-write";
  script.after(frame);
})();
