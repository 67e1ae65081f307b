"""What is put into each page before its own scripts: a second witness for what leaves while a page is being left.

The browser tells of no request that a page makes while it goes away, and that is when trackers send. The script notes
such requests in the tab's own storage, where the next page of the same origin is asked for them. It also takes WebRTC
and WebTransport away, whose packets no fence of ours stops.
"""

STORE = "duheng-left"

SCRIPT = (
    """(() => {
  const parts = new WeakMap(), leaving = {now: false};
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) delete window[name];
  const OwnBlob = window.Blob;
  window.Blob = class Blob extends OwnBlob {
    constructor(given, options) { super(given, options); parts.set(this, given); }
  };
  const text = (body) => {
    if (body == null) return "";
    if (body instanceof OwnBlob) return [...(parts.get(body) || [])].map(text).join("");
    if (body instanceof FormData) return JSON.stringify([...body].map(([key, value]) => [key, text(value)]));
    if (body instanceof ArrayBuffer) return new TextDecoder().decode(body);
    if (ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
    return String(body);
  };
  const note = (method, url, body) => {
    try {
      const kept = JSON.parse(sessionStorage.getItem("@STORE@") || "[]");
      kept.push({method, url: new URL(url, location.href).href, body: text(body).slice(0, 100000)});
      if (kept.length <= 200) sessionStorage.setItem("@STORE@", JSON.stringify(kept));
    } catch (error) { /* no storage: nothing to be noted */ }
  };
  for (const name of ["pagehide", "unload", "beforeunload"])
    addEventListener(name, () => { leaving.now = true; }, true);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leaving.now = true;
  }, true);
  const beacon = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, body) => { if (leaving.now) note("POST", url, body); return beacon(url, body); };
  const get = window.fetch.bind(window);
  window.fetch = (what, options) => {
    const asked = options || {};
    if (leaving.now) note(asked.method || what.method || "GET", what.url || what, asked.body);
    return get(what, options);
  };
  const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    ...source,
    set(url) { if (leaving.now) note("GET", url, null); source.set.call(this, url); },
  });
})();"""
).replace("@STORE@", STORE)

DRAIN = """(store) => {
  const kept = sessionStorage.getItem(store);
  sessionStorage.removeItem(store);
  return kept ? JSON.parse(kept) : [];
}"""

FORGET = """(store) => {
  try {
    const kept = sessionStorage.getItem(store);
    localStorage.clear();
    sessionStorage.clear();
    if (kept) sessionStorage.setItem(store, kept);
  } catch (error) { /* no storage: nothing to forget */ }
}"""

FILL = """([action, pairs]) => {
  const wanted = new Map();
  for (const [name, value] of pairs) wanted.set(name, [...(wanted.get(name) || []), value]);
  const place = (form) => new URL(form.getAttribute("action") || location.href, location.href).href.split("#")[0];
  const same = (form) => place(form) === action
    && (form.getAttribute("method") || "get").toLowerCase() === "post";
  const fits = (form) => [...wanted.keys()].filter((name) => form.elements.namedItem(name)).length;
  const form = [...document.forms].filter(same).sort((left, right) => fits(right) - fits(left))[0];
  if (!form) return false;
  const tell = (control, ...names) => {
    for (const name of names) control.dispatchEvent(new Event(name, {bubbles: true}));
  };
  const put = (control, value) => {
    const kind = Object.getPrototypeOf(control), setter = Object.getOwnPropertyDescriptor(kind, "value").set;
    tell(control, "focus", "focusin", "keydown");
    setter.call(control, value);
    tell(control, "input", "keyup", "change", "blur", "focusout");
  };
  let button = null;
  for (const control of form.elements) {
    const values = wanted.get(control.name);
    if (!control.name) continue;
    if (control.type === "submit" || control.tagName === "BUTTON") {
      if (values) { button = control; wanted.delete(control.name); }
    } else if (control.type === "checkbox" || control.type === "radio") {
      const on = Boolean(values && values.includes(control.value));
      if (control.checked !== on) { control.checked = on; tell(control, "input", "change"); }
    } else if (control.tagName === "SELECT" && control.multiple) {
      for (const option of control.options) option.selected = Boolean(values && values.includes(option.value));
      tell(control, "input", "change");
    } else if (values && values.length && control.type !== "file") {
      const value = values.shift();
      if (control.value !== value && control.type !== "hidden") put(control, value);
      else if (control.value !== value) control.value = value;
    }
  }
  const names = new Set([...form.elements].map((control) => control.name));
  for (const [name, values] of wanted) {
    if (names.has(name)) continue;
    for (const value of values) {
      const further = Object.assign(document.createElement("input"), {type: "hidden", name, value});
      form.append(further);
    }
  }
  button = button || form.querySelector("button:not([type]), button[type=submit], input[type=submit]");
  form.noValidate = true;
  if (button && !button.disabled) button.click(); else form.requestSubmit();
  return true;
}"""
