import { withEcho } from './echo';
import { Fields, type IncomingCall, jsonReply } from './message';

const HEADERS: [string, string][] = [
  ['appkey', 'the-key'],
  ['appsecret', 'the-secret'],
  ['authorization', 'Bearer the-token'],
];
const QUERY: [string, string][] = [
  ['CANO', '50112345'],
  ['ACNT_PRDT_CD', '01'],
];

function call(headers: [string, string][], query: [string, string][], body = ''): IncomingCall {
  const head = {
    host: 'mock',
    at: 0,
    method: 'GET',
    path: '/',
    queryString: '',
    rawHeaders: headers,
  } as const;
  return { ...head, headers: new Fields(headers), query: new Fields(query), body };
}

describe('an echo of the simulator', () => {
  it('repeats what the request carried, in messages and names only', () => {
    const reply = jsonReply(
      200,
      { rt_cd: '0', msg1: '정상', output1: [{ pdno: '005930', prdt_name: '삼성전자' }] },
      '',
    );
    const words = '{appkey} {appsecret:0:5} {token:-5} {account}-{product} {other}\u001b[31m';
    const echoed = 'the-key the-s token 50112345-01 {other}\u001b[31m';
    expect(JSON.parse(withEcho(reply, call(HEADERS, QUERY), words).body.toString())).toEqual({
      rt_cd: '0',
      msg1: echoed,
      output1: [{ pdno: '005930', prdt_name: echoed }],
    });
  });

  it('repeats what stands in the body of a request too', () => {
    const reply = jsonReply(403, { error_code: 'EGW00105', error_description: 'x' }, '');
    const body = JSON.stringify({ appkey: 'the-key', appsecret: 'the-secret', token: 'the-token' });
    expect(
      JSON.parse(withEcho(reply, call([], [], body), '{appkey} {appsecret} {token}').body.toString()),
    ).toEqual({
      error_code: 'EGW00105',
      error_description: 'the-key the-secret the-token',
    });
  });

  it('leaves what is no JSON as it is', () => {
    const page = { status: 502, headers: [], body: '<html>', code: '' };
    expect(withEcho(page, call(HEADERS, QUERY), '{appkey}')).toBe(page);
  });
});
