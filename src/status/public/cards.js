// The cards of the status page: how templates are copied and filled.

export function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** A path that a narrow page breaks after its separators, and not within a word. */
export function breakable(path) {
  const parts = document.createDocumentFragment();
  for (const part of path.split(/(?<=[/\\_])/)) parts.append(part, document.createElement('wbr'));
  return parts;
}

/** A copy of a template with its marked parts by name. */
function card(templateId) {
  const root = document.getElementById(templateId).content.firstElementChild.cloneNode(true);
  const fields = {};
  for (const part of root.querySelectorAll('[data-field]')) fields[part.dataset.field] = part;
  return { root, fields };
}

export function show(part, text) {
  part.hidden = !text;
  // Setting the same text again would make a screen reader announce it again.
  if (part.textContent !== text) part.textContent = text;
}

/** @param entries name, value (a text or a node) and, where it has one, the class of each row */
export function facts(list, entries) {
  const rows = entries.map(([name, value, className]) => {
    const row = element('div', undefined, className);
    const shown = element('dd');
    shown.append(value);
    row.append(element('dt', name), shown);
    return row;
  });
  list.replaceChildren(...rows);
}

export function modeBadge(part, mode) {
  part.textContent = mode === 'REAL' ? 'REAL 실전투자' : 'MOCK 모의투자';
  part.classList.toggle('real', mode === 'REAL');
}

/** Keeps one card for each item, by alias and in their order, and removes the others. */
export function arrange(container, cards, templateId, items) {
  const aliases = items.map((item) => item.alias);
  for (const alias of cards.keys()) if (!aliases.includes(alias)) cards.delete(alias);
  for (const alias of aliases) if (!cards.has(alias)) cards.set(alias, card(templateId));
  const roots = aliases.map((alias) => cards.get(alias).root);
  const same =
    roots.length === container.children.length && roots.every((root, i) => container.children[i] === root);
  if (!same) container.replaceChildren(...roots);
}
