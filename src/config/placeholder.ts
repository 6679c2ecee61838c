const BRACKETED = /^[<{[(].*[>)}\]]$|^\$/;
const FILLER = /^[xX*.·…_-]{3,}$/;
const TELLTALES = [
  'your',
  'here',
  'insert',
  'enter',
  'paste',
  'replace',
  'change',
  'changeme',
  'todo',
  'dummy',
  'example',
  'sample',
  'placeholder',
  'fake',
];
const NAMES = [
  'kis',
  'api',
  'app',
  'key',
  'apikey',
  'appkey',
  'secret',
  'appsecret',
  'sec',
  'real',
  'mock',
  'paper',
];

/**
 * Whether `value` is a placeholder of a template: "YOUR_APP_KEY", "<app key>", "app-secret", "여기에 앱키 입력". App
 * keys consist of letters and digits and secrets are base64, so neither contains a separator or Korean letters; a value
 * with the length of a key or a secret (36 or 180) is never taken for a placeholder.
 */
export function isPlaceholder(value: string): boolean {
  if (/\p{Script=Hangul}/u.test(value)) return true;
  if (value.length === 36 || value.length === 180) return false;
  if (BRACKETED.test(value) || FILLER.test(value) || /^your[a-z]*$/i.test(value)) return true;
  const words = value.toLowerCase().split(/[\s_-]+/);
  return words.some((word) => TELLTALES.includes(word)) || words.every((word) => NAMES.includes(word));
}
