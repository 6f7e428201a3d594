// Finds password fields, fills in their forms and locates the submit button; loaded into the observer's world
// after everything else. rehearsal.py types, clicks, and records what the page then tries to send.
"use strict";
globalThis.prebuiltRehearsal = (named) => {
  const MAX_FIELDS = 200; // fields looked at
  const PASSWORD = new RegExp(`^(?:${named})$`, "i");
  const CHOICES = ["hidden", "submit", "button", "image", "reset", "checkbox", "radio", "file"];
  const NAMED_TYPES = ["text", "password", "tel", "textarea"]; // as fields.py has them
  const all = (selector, root = document) =>
    [...(root === document ? Document : Element).prototype.querySelectorAll.call(root, selector)].slice(0, MAX_FIELDS);
  const called = (field) => ["name", "id", "placeholder", "aria-label"].map((name) => field.getAttribute(name)?.trim() ?? "");
  const asksForPassword = (field) => !CHOICES.includes(field.type) && (
    getComputedStyle(field).webkitTextSecurity !== "none" // any field of type password too
    || /\b(current|new)-password\b/i.test(field.getAttribute("autocomplete") ?? "")
    || (NAMED_TYPES.includes(field.type) && called(field).some((name) => PASSWORD.test(name.slice(0, 200))))
  );
  const seen = { opacityProperty: true, visibilityProperty: true };
  const canBeFilledIn = (field) => !field.disabled && Element.prototype.checkVisibility.call(field, seen);
  const inputs = all("input, textarea");
  const first = new Map(); // form (null for none) -> its first password field
  inputs.filter((field) => asksForPassword(field) && canBeFilledIn(field)).forEach((field) => first.has(field.form) || first.set(field.form, field));
  const fields = [...first.values()].slice(0, 3);

  const ANSWERS = {
    email: "visitor@example.com", tel: "+15550100", number: "1", url: "https://example.com/", date: "2000-01-01",
  };
  const dispatch = (field, ...events) => events.forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true })));
  function fillField(field, secret) {
    if (asksForPassword(field)) field.value = secret;
    else if (field.type === "checkbox" || field.type === "radio") field.checked = true;
    else if (field.tagName === "SELECT") field.value = [...field.options].find((one) => one.value)?.value ?? "";
    else if (!CHOICES.includes(field.type) && !field.value) field.value = ANSWERS[field.type] ?? "visitor";
    else return;
    dispatch(field, "input", "change");
  }
  const focusPasswordField = () => fields[0].focus();
  // Returns whether the password field has the focus
  function fillForm(number, secret) {
    const field = fields[number];
    if (field.form) HTMLFormElement.prototype.setAttribute.call(field.form, "novalidate", "");
    for (const one of [...inputs, ...all("select")]) if (one.form === field.form) fillField(one, secret);
    field.scrollIntoView({ block: "center", behavior: "instant" });
    field.focus();
    field.select();
    return document.activeElement === field;
  }
  const BUTTONS = "button, [role=button], input[type=submit i], input[type=image i], input[type=button i]";
  // The first submit button after the field in its form, or near it where there is no form
  function buttonOf(field) {
    for (let near = field; near; near = Reflect.get(Node.prototype, "parentElement", near)) {
      const after = (one) => field.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
      const found = all(BUTTONS, near).filter((one) => after(one) && !/^(reset)$/i.test(one.type ?? ""));
      const sends = found.find((one) => one.type === "submit") ?? found.at(-1);
      if (sends) return sends;
    }
    return null;
  }
  // The button's center in the window, or null
  function buttonPosition(number) {
    const found = buttonOf(fields[number]);
    found?.scrollIntoView({ block: "center", behavior: "instant" });
    const box = found?.getBoundingClientRect();
    return box ? [box.left + box.width / 2, box.top + box.height / 2] : null;
  }
  // Submit by script, when input events had no effect
  function submit(number) {
    const field = fields[number], found = buttonOf(field);
    if (found) found.click();
    else if (field.form) HTMLFormElement.prototype.requestSubmit.call(field.form);
  }
  return { count: fields.length, focusPasswordField, fillForm, buttonPosition, submit };
};
