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
 * Whether a template left `value` for a person to replace: "YOUR_APP_KEY", "<app key>", "app-secret",
 * "여기에 앱키 입력". A key that KIS has issued consists of letters and digits, a secret is base64, so neither
 * contains a separator or Korean letters; what is as long as a key or a secret (36 and 180) counts as one.
 */
export function isPlaceholder(value: string): boolean {
  if (/\p{Script=Hangul}/u.test(value)) return true;
  if (value.length === 36 || value.length === 180) return false;
  if (BRACKETED.test(value) || FILLER.test(value) || /^your[a-z]*$/i.test(value)) return true;
  const words = value.toLowerCase().split(/[\s_-]+/);
  return words.some((word) => TELLTALES.includes(word)) || words.every((word) => NAMES.includes(word));
}
