// How the status page asks the API, and how it comes by the key of a guarded one.

const KEY_NAME = 'kis-api-key';
const dialog = document.getElementById('key-dialog');
const keyInput = document.getElementById('key');

/** What the API said went wrong, fit to be shown. */
class Problem extends Error {}

/** The JSON of an answer. Rejects with a Problem, or with what `fetch` rejects with when nobody answers. */
export async function ask(path) {
  const key = sessionStorage.getItem(KEY_NAME);
  const response = await fetch(path, {
    headers: { accept: 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    cache: 'no-store',
  });
  if (response.status === 401) {
    askForKey(key !== null);
    throw new Problem('Waiting for the API key.');
  }
  const body = await response.json();
  if (path.startsWith('/api/') && !response.ok) throw new Problem(`${body.detail} (${body.code})`);
  return body;
}

export const wordsOf = (error) => (error instanceof Problem ? error.message : 'The API does not answer.');

export const isAskingForKey = () => dialog.open;

function askForKey(refused) {
  if (dialog.open) return;
  if (refused)
    document.getElementById('key-hint').textContent =
      'The key was refused. It is the value of API_KEY on the server.';
  dialog.showModal();
}

/** Calls `action` when a person has given a key. */
export function whenKeyGiven(action) {
  dialog.addEventListener('close', () => {
    const given = keyInput.value.trim();
    keyInput.value = '';
    if (given === '') return;
    sessionStorage.setItem(KEY_NAME, given);
    action();
  });
}
