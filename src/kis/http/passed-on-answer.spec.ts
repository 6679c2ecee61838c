import { configurationAt } from '../../../test/support/kis/local-kis';
import { ANSWER_CODES } from '../protocol/answer-codes';
import type { KisExchangeAnswer } from '../transport/exchange-result';
import { classify } from './kis-answer';
import type { KisCall } from './kis-call';

const account = configurationAt('http://127.0.0.1:1').account();
const own: KisCall = {
  account,
  method: 'GET',
  url: new URL('http://127.0.0.1:1/uapi/x'),
  trId: 'FHKST01010100',
  continued: false,
  headers: {},
  body: undefined,
  signal: undefined,
  timeoutMs: 1000,
  deadlineMs: 1000,
};
const passedOn: KisCall = { ...own, verbatim: { path: '/uapi/x', rawHeaders: [] } };

function answer(body: string, status = 200): KisExchangeAnswer {
  const bytes = Buffer.from(body);
  return {
    kind: 'answered',
    status,
    text: body,
    bytes,
    headers: {},
    wire: { status, rawHeaders: [], bytes },
  };
}

describe('The answer to a read that is forwarded', () => {
  const needsAnotherAttempt = new Set(['transient', 'pages-changed', 'outcome-unknown', 'rate-limited']);
  const codes = [...ANSWER_CODES].filter(
    ([code, { answerClass }]) => needsAnotherAttempt.has(answerClass) || /^EGW0012[123]$/.test(code),
  );

  it('is classified like that of our own call, even where a part of it looks like a success', () => {
    expect(codes.length).toBeGreaterThan(20);
    for (const [msg_cd] of codes) {
      const refusal = JSON.stringify({ output: { rt_cd: '0' }, rt_cd: '1', msg_cd, msg1: '' });
      const kinds = [passedOn, own].map((call) => classify(answer(refusal), call).kind);
      expect({ msg_cd, kinds }).toEqual({ msg_cd, kinds: [kinds[1], kinds[1]] });
      expect(kinds[1]).not.toBe('ok');
    }
  });

  it('is not decoded when it is a success, and arrives whole', () => {
    const text = JSON.stringify({ rt_cd: '0', msg_cd: 'MCA00000', output: { a: '1' } });
    let decoded = 0;
    const seen: KisExchangeAnswer = {
      ...answer(text),
      get text() {
        decoded += 1;
        return text;
      },
    };
    const result = classify(seen, passedOn);
    expect([result.kind, decoded]).toEqual(['ok', 0]);
    expect(result.wire).toBe(seen.wire);
    expect(result).toHaveProperty('body.output', { a: '1' });
  });
});
