const BRACKETED = /^[<{[(].*[>)}\]]$|^\$/;
const FILLER = /^[xX*.·…_-]{3,}$/;
const INSTRUCTIONS = ['your', 'here', 'insert', 'enter', 'paste', 'replace', 'change', 'changeme', 'todo'];
const STAND_INS = ['dummy', 'example', 'sample', 'placeholder', 'fake'];
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
 * contains a separator or Korean letters.
 */
export function isPlaceholder(value: string): boolean {
  if (/\p{Script=Hangul}/u.test(value) || BRACKETED.test(value) || FILLER.test(value)) return true;
  const words = value.toLowerCase().split(/[\s_-]+/);
  return (
    words.some((word) => INSTRUCTIONS.includes(word) || STAND_INS.includes(word)) ||
    words.every((word) => NAMES.includes(word)) ||
    /^your[a-z]*$/i.test(value)
  );
}
