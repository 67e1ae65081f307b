"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("filter");
  const findings = [...document.querySelectorAll("details.f")];
  const chapters = [...document.querySelectorAll("section.ch")];
  const selects = [...form.querySelectorAll("select")];
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const texts = new Map();
  const textOf = (each) => {
    if (!texts.has(each)) {
      const parts = [...each.querySelectorAll(".cl, .ti, .why, dd")].map((part) => part.textContent);
      texts.set(each, fold(parts.join(" ")));
    }
    return texts.get(each);
  };

  // Language: the radio buttons do it alone; the script only tells the browser and the lists of choices.
  const speak = () => {
    const lang = byId("lang-zh").checked ? "zh" : "en";
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    for (const option of form.querySelectorAll("option")) option.textContent = option.dataset[lang];
  };
  for (const radio of document.querySelectorAll("input.lang")) radio.addEventListener("change", () => { speak(); remember(); });

  const state = () => {
    const now = new URLSearchParams();
    for (const name of ["v", "w"]) {
      const on = boxes.filter((box) => box.name === name && box.checked).map((box) => box.value);
      if (on.length) now.set(name, on.join("."));
    }
    for (const select of selects) if (select.value) now.set(select.id, select.value);
    const words = byId("q").value.trim();
    if (words) now.set("q", words);
    return now;
  };

  const apply = () => {
    const now = state();
    const verdicts = now.has("v") ? now.get("v").split(".") : [];
    const wanted = fold(now.get("q") || "").split(/\s+/).filter(Boolean);
    let count = 0;
    for (const each of findings) {
      const data = each.dataset;
      const fits = (verdicts.length === 0 || verdicts.includes(data.v))
        && (!now.has("w") || data.w === "yes")
        && selects.every((select) => !select.value || data[select.id] === select.value)
        && wanted.every((word) => textOf(each).includes(word));
      each.hidden = !fits;
      count += fits;
    }
    for (const chapter of chapters) chapter.hidden = !chapter.querySelector("details.f:not([hidden])");
    byId("count").textContent = String(count);
    byId("none").hidden = count !== 0;
    document.body.dataset.shown = String(count);
  };

  // The address remembers the filter (after "#?"); a plain "#id" stays an anchor.
  const remember = () => {
    const now = state();
    now.set("lang", byId("lang-zh").checked ? "zh" : "en");
    history.replaceState(null, "", `#?${now}`);
  };
  const recall = () => {
    const hash = location.hash;
    if (hash.startsWith("#?")) {
      const then = new URLSearchParams(hash.slice(2));
      for (const box of boxes) box.checked = (then.get(box.name) || "").split(".").includes(box.value);
      for (const select of selects) {
        const value = then.get(select.id) || "";
        select.value = [...select.options].some((option) => option.value === value) ? value : "";
      }
      byId("q").value = then.get("q") || "";
      if (["zh", "en"].includes(then.get("lang"))) byId(`lang-${then.get("lang")}`).checked = true;
      speak();
      apply();
    } else if (hash.length > 1) {
      reveal(unescaped(hash.slice(1)));
    }
  };
  const unescaped = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
  const reveal = (id) => {
    const goal = byId(id);
    if (!goal) return;
    if (goal.closest("[hidden]")) { form.reset(); apply(); }
    const holder = goal.closest("details");
    if (holder) holder.open = true;
    goal.scrollIntoView();
  };

  // Evidence opens where it is asked for: a copy below the finding. Without script the link leads to the annex.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-e]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const below = link.parentElement.querySelector(".record");
    if (below) { below.remove(); link.setAttribute("aria-expanded", "false"); return; }
    const copy = byId(link.dataset.e).cloneNode(true);
    copy.removeAttribute("id");
    link.parentElement.append(copy);
    link.setAttribute("aria-expanded", "true");
  });
  for (const link of document.querySelectorAll("a[data-e]")) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); link.click(); } });
  }

  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  const unfold = (open) => () => { for (const each of findings) if (!each.hidden) each.open = open; };
  byId("open").addEventListener("click", unfold(true));
  byId("close").addEventListener("click", unfold(false));
  addEventListener("hashchange", recall);

  // On paper violations stand open; what was closed before is closed again afterwards.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.f.violates.check:not([open])")];
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of opened) each.open = false; });

  form.hidden = false;
  speak();
  apply();
  recall();
})();
