import { type IncomingCall, type Reply, jsonObject, textOf } from './message';

/** Answers that repeat secrets of the request, to test that clients redact them. */

/** `{appsecret}` is all of it, `{appsecret:0:60}` its first 60 characters, `{appsecret:-60}` its last. */
const PLACEHOLDER = /\{(appkey|appsecret|token|account|product)(?::(-?\d+)(?::(-?\d+))?)?\}/g;

/** The members of an answer that hold words for people. */
const WORDS = /^(msg1|error_description|.*_name)$/;

/**
 * An answer whose words for people repeat what the request carried, as badly made services do: messages and names are
 * the text with its placeholders filled in. Codes and figures stay.
 */
export function withEcho(reply: Reply, call: IncomingCall, text: string): Reply {
  const body = jsonObject(reply.body.toString());
  if (!body) return reply;
  const carried = carriedBy(call);
  const words = text.replace(PLACEHOLDER, (_, name: keyof typeof carried, from?: string, to?: string) =>
    carried[name].slice(Number(from ?? 0), to === undefined ? undefined : Number(to)),
  );
  const echoed = JSON.stringify(body, (name, value: unknown) =>
    WORDS.test(name) && typeof value === 'string' ? words : value,
  );
  return { ...reply, body: echoed };
}

function carriedBy({
  headers,
  query,
  body,
}: IncomingCall): Record<'appkey' | 'appsecret' | 'token' | 'account' | 'product', string> {
  const sent = jsonObject(body) ?? {};
  return {
    appkey: headers.get('appkey') || textOf(sent['appkey']),
    appsecret: headers.get('appsecret') || textOf(sent['appsecret']) || textOf(sent['secretkey']),
    token: headers.get('authorization').replace(/^Bearer +/i, '') || textOf(sent['token']),
    account: query.get('CANO') || textOf(sent['CANO']),
    product: query.get('ACNT_PRDT_CD') || textOf(sent['ACNT_PRDT_CD']),
  };
}
