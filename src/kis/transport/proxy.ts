import { inspect } from 'node:util';
import { KisInvalidRequestError } from '../kis.errors';

/** An HTTP proxy. Its URL may hold a password, which appears in no log and no dump. */
export class Proxy {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** `http://host:port`, which may be shown. */
  readonly place: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #password: string;

  /**
   * @param text `http://user:password@host:port`, or `https://` for a proxy that is itself reached over TLS; without a
   * scheme `http://` is meant, without a port 80 or 443.
   * @throws KisInvalidRequestError that does not repeat the text.
   */
  constructor(text: string) {
    const url = parse(text);
    this.isSecure = url.protocol === 'https:';
    this.hostname = url.hostname.replace(/^\[|\]$/g, '');
    this.port = Number(url.port || (this.isSecure ? 443 : 80));
    this.place = `${url.protocol}//${url.hostname}:${this.port}`;
    this.#password = decoded(url.password);
    this.#headers =
      url.username === '' && url.password === '' ? {} : login(decoded(url.username), this.#password);
  }

  /** The headers that the proxy requires: the login, when the URL has one. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** The password in the URL, `''` without one: for code that keeps it out of logs. */
  get password(): string {
    return this.#password;
  }

  toJSON(): string {
    return this.place;
  }

  [inspect.custom](): string {
    return `Proxy(${this.place})`;
  }
}

const PROTOCOLS = ['http:', 'https:'];

function parse(text: string): URL {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (url && PROTOCOLS.includes(url.protocol) && url.hostname !== '') return url;
  throw new KisInvalidRequestError(
    'A proxy must be given as http://host:port or https://host:port, with user:password@ before the host if it requires a login; SOCKS is not supported.',
  );
}

function login(user: string, password: string): Readonly<Record<string, string>> {
  const credentials = Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
  return { 'Proxy-Authorization': `Basic ${credentials}` };
}

/** A percent sign that was not encoded is meant literally. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
