// The programs that use the gateway.
import { ask, wordsOf } from './api.js';
import { arrange, facts, modeBadge, show } from './cards.js';
import { when } from './figures.js';

const section = document.getElementById('programs-section');
const list = document.getElementById('programs');
const cards = new Map();

export async function refreshPrograms() {
  try {
    const { enabled, programs } = await ask('/api/gateway');
    section.hidden = !enabled;
    const items = programs.map((each) => ({ ...each, alias: each.program }));
    arrange(list, cards, 'program-template', items);
    items.forEach(showProgram);
    show(document.getElementById('programs-problem'), '');
  } catch (error) {
    show(document.getElementById('programs-problem'), wordsOf(error));
  }
}

function showProgram(program) {
  const { fields } = cards.get(program.alias);
  fields.alias.textContent = program.alias;
  modeBadge(fields.mode, program.mode);
  fields.allow.textContent = program.allow;
  const { lastError: failure, registrations } = program;
  show(fields.problem, failure ? `${failure.message} (${failure.code}, ${when(failure.at)})` : '');
  facts(fields.facts, [
    ['Account', program.account],
    ['App key', program.appKey],
    ['Requests, last minute', String(program.requestsLastMinute)],
    ['Requests since the start', String(program.requests)],
    ['Last request', program.lastRequestAt ? when(program.lastRequestAt) : '–'],
    ['Realtime registrations', String(registrations.length)],
    ...(registrations.length > 0
      ? [['Registered', registrations.map(({ trId, trKey }) => `${trId} ${trKey}`).join(', '), 'wide']]
      : []),
  ]);
}
