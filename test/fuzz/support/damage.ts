import { maxHeaderSize } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** An answer before it is put on the wire. */
export interface Draft {
  status: number;
  headers: [name: string, value: string][];
  body: Buffer;
  /** Whether a client that reads HTTP gets exactly `body`; `null` where that depends on how it reads odd headers. */
  arrives: boolean | null;
  /** Added to the length that the head of the answer promises. */
  lengthDelta: number;
  /** The whole stream of bytes instead of an HTTP answer. */
  raw: string | null;
  /** Ends the stream at this share of its bytes, in this way. */
  stop: { share: number; how: 'end' | 'reset' | 'hang' } | null;
  /** Sends so many pieces with a pause between them. */
  drip: { pieces: number; pauseMs: number } | null;
}

/**
 * One thing that goes wrong with an answer of KIS. Plain data, so that a finding can be kept as an example; `at` chooses a
 * place in the body by its number, modulo the number of places.
 */
export type Damage =
  | { readonly op: 'set'; readonly at: number; readonly value: Json }
  | { readonly op: 'remove'; readonly at: number }
  | { readonly op: 'add'; readonly at: number; readonly name: string; readonly value: Json }
  | { readonly op: 'repeat'; readonly at: number; readonly times: number }
  | { readonly op: 'text'; readonly text: string }
  | { readonly op: 'append'; readonly text: string }
  | { readonly op: 'cut'; readonly share: number }
  | { readonly op: 'encode'; readonly as: 'utf16le' | 'latin1' | 'bom' | 'gzip' | 'deflate' | 'br' | 'none' }
  | { readonly op: 'grow'; readonly bytes: number }
  | { readonly op: 'nest'; readonly depth: number }
  | { readonly op: 'status'; readonly status: number }
  | { readonly op: 'header'; readonly name: string; readonly value: string }
  | { readonly op: 'length'; readonly delta: number }
  | { readonly op: 'raw'; readonly text: string }
  | { readonly op: 'stop'; readonly share: number; readonly how: 'end' | 'reset' | 'hang' }
  | { readonly op: 'drip'; readonly pieces: number; readonly pauseMs: number };

const STAGES = [['set', 'remove', 'add', 'repeat'], ['cut', 'text', 'append', 'grow', 'nest'], ['encode']];

/** Does all damage to a draft: first to the record, then to its text, its bytes, and last to what is on the wire. */
export function damageAll(draft: Draft, all: readonly Damage[]): void {
  const stageOf = ({ op }: Damage): number => {
    const stage = STAGES.findIndex((ops) => ops.includes(op));
    return stage < 0 ? STAGES.length : stage;
  };
  for (const each of [...all].sort((one, other) => stageOf(one) - stageOf(other))) damage(draft, each);
  const { status, headers } = draft;
  if (status < 200 || status === 204 || status === 304) draft.arrives = false;
  // Node reads no response whose head is longer.
  const headBytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (headBytes > maxHeaderSize) draft.arrives = false;
}

function damage(draft: Draft, todo: Damage): void {
  switch (todo.op) {
    case 'set':
    case 'remove':
    case 'add':
    case 'repeat':
      draft.body = Buffer.from(JSON.stringify(edited(parsed(draft.body), todo)));
      return;
    case 'text':
      draft.body = Buffer.from(todo.text);
      return;
    case 'append':
      draft.body = Buffer.concat([draft.body, Buffer.from(todo.text)]);
      return;
    case 'cut':
      draft.body = draft.body.subarray(0, Math.floor(draft.body.length * todo.share));
      return;
    case 'grow':
      draft.body = Buffer.from(draft.body.toString().replace(/}$/, `,"more":"${'x'.repeat(todo.bytes)}"}`));
      return;
    case 'nest':
      draft.body = Buffer.from(
        draft.body.toString().replace(/}$/, `,"more":${'['.repeat(todo.depth)}${']'.repeat(todo.depth)}}`),
      );
      return;
    case 'encode':
      encode(draft, todo.as);
      return;
    default:
      onTheWire(draft, todo);
  }
}

function onTheWire(draft: Draft, todo: Damage): void {
  switch (todo.op) {
    case 'status':
      draft.status = todo.status;
      return;
    case 'header':
      draft.headers = draft.headers.filter(([name]) => name.toLowerCase() !== todo.name.toLowerCase());
      draft.headers.push([todo.name, todo.value]);
      if (/^(content-length|transfer-encoding|content-encoding)$/i.test(todo.name)) draft.arrives &&= null;
      // It may take the place of a wrong one that had made the body unreadable.
      if (/^content-encoding$/i.test(todo.name) && draft.raw === null && draft.stop === null)
        draft.arrives = null;
      return;
    case 'length':
      draft.lengthDelta = todo.delta;
      if (todo.delta > 0) draft.arrives = false;
      return;
    case 'raw':
      draft.raw = todo.text;
      draft.arrives = false;
      return;
    case 'stop':
      draft.stop = { share: todo.share, how: todo.how };
      if (todo.share < 1) draft.arrives = false;
      return;
    case 'drip':
      draft.drip = { pieces: todo.pieces, pauseMs: todo.pauseMs };
      return;
    default:
      throw new Error(`Nobody does ${todo.op}.`);
  }
}

function encode(draft: Draft, as: string): void {
  const text = draft.body;
  const packers: Record<string, (body: Buffer) => Buffer> = {
    gzip: gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
  };
  const pack = packers[as];
  if (pack) {
    draft.body = pack(text);
    draft.headers.push(['Content-Encoding', as]);
  } else if (as === 'none') {
    draft.headers.push(['Content-Encoding', 'gzip']);
    draft.arrives = false;
  } else if (as === 'bom') draft.body = Buffer.concat([Buffer.from('\ufeff'), text]);
  else draft.body = Buffer.from(text.toString(), as as BufferEncoding);
}

function parsed(body: Buffer): Json {
  try {
    return JSON.parse(body.toString()) as Json;
  } catch {
    return {};
  }
}

type Edit = Extract<Damage, { op: 'set' | 'remove' | 'add' | 'repeat' }>;

/** Every place in a body: a container and the name or index of one of its members. */
function placesIn(value: Json, places: [Json[] | { [name: string]: Json }, string][] = []): typeof places {
  if (typeof value !== 'object' || value === null) return places;
  for (const [name, member] of Object.entries(value)) {
    places.push([value, name]);
    placesIn(member, places);
  }
  return places;
}

function edited(body: Json, todo: Edit): Json {
  const places = placesIn(body);
  const place = places[todo.at % Math.max(1, places.length)];
  if (!place) return body;
  const [container, name] = place;
  if (Array.isArray(container)) editList(container, Number(name), todo);
  else editRecord(container, name, todo);
  return body;
}

function editList(list: Json[], index: number, todo: Edit): void {
  const member = list[index] ?? null;
  if (todo.op === 'set') list[index] = todo.value;
  else if (todo.op === 'remove') list.splice(index, 1);
  else if (todo.op === 'add') list.splice(index, 0, todo.value);
  else list.push(...Array.from({ length: todo.times }, () => member));
}

function editRecord(record: { [name: string]: Json }, name: string, todo: Edit): void {
  if (todo.op === 'set') record[name] = todo.value;
  else if (todo.op === 'remove') Reflect.deleteProperty(record, name);
  else if (todo.op === 'add') record[todo.name] = todo.value;
  else record[name] = Array.from({ length: todo.times }, () => record[name] ?? null);
}
