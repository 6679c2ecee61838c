// Requests of the status page to the API, and the dialog for its key.

const KEY_NAME = 'kis-api-key';
const dialog = document.getElementById('key-dialog');
const keyInput = document.getElementById('key');

/** A problem that the API reported; its message can be shown. */
class Problem extends Error {}

/** The JSON of a response. Rejects with a Problem, or with the error of `fetch` when the server does not respond. */
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

/** Calls `action` when a key has been entered. */
export function whenKeyGiven(action) {
  dialog.addEventListener('close', () => {
    const given = keyInput.value.trim();
    keyInput.value = '';
    if (given === '') return;
    sessionStorage.setItem(KEY_NAME, given);
    action();
  });
}
