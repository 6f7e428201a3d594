// Notes permission requests of a page. It runs in the page's own world, where scripts could undo it, so it serves the
// record only: permissions are denied by the browser itself, noted or not.
"use strict";
(() => {
  const note = (name) => dispatchEvent(new CustomEvent("prebuilt-attempt", { detail: name }));
  const denied = { geolocation: ["getCurrentPosition", "watchPosition"], mediaDevices: ["getUserMedia", "getDisplayMedia"] };
  const wrap = (object, method, name) => {
    const original = object?.[method];
    if (!original) return;
    object[method] = function (...values) {
      note(name);
      return original.apply(this, values);
    };
  };
  for (const [part, methods] of Object.entries(denied)) {
    for (const method of methods) wrap(navigator[part] && Object.getPrototypeOf(navigator[part]), method, "permission");
  }
  wrap(globalThis.Notification, "requestPermission", "permission");
  if (globalThis.ServiceWorkerContainer) {
    ServiceWorkerContainer.prototype.register = async () => {
      note("service_worker");
      throw new DOMException("Refused", "SecurityError");
    };
  }
})();
