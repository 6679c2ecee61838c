import { inspect } from 'node:util';
import { KisInvalidRequestError } from '../kis.errors';

const DEFAULT_URL = 'redis://127.0.0.1:6379';
const DEFAULT_PORT = '6379';
const DEFAULT_PREFIX = 'kis:';

interface RedisAddressParts {
  /** `redis://…`, or `rediss://…` for TLS, with user and password where they are wanted. */
  readonly url?: string;
  /** What all keys begin with; default `kis:`. */
  readonly keyPrefix?: string;
}

/** The address of Redis and the prefix of all keys. The URL may hold a password: it shows in no log and no dump. */
export class RedisAddress {
  readonly keyPrefix: string;
  /** `host:port`, which may be shown. */
  readonly place: string;
  readonly #url: string;

  /** @throws KisInvalidRequestError for a URL that is none. */
  constructor(parts: RedisAddressParts = {}) {
    this.#url = parts.url ?? DEFAULT_URL;
    this.keyPrefix = parts.keyPrefix ?? DEFAULT_PREFIX;
    this.place = placeIn(this.#url);
  }

  /** With the password, if there is one: for the connection only. */
  get url(): string {
    return this.#url;
  }

  /** The password in the URL, `''` without one: for code that keeps it out of logs. */
  get password(): string {
    return decodeURIComponent(new URL(this.#url).password);
  }

  toJSON(): object {
    return { place: this.place, keyPrefix: this.keyPrefix };
  }

  [inspect.custom](): string {
    return `RedisAddress(${this.place})`;
  }
}

function placeIn(url: string): string {
  if (!/^rediss?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    throw new KisInvalidRequestError(
      'The Redis URL must be like redis://host:6379 or rediss://user:password@host:6380.',
    );
  }
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? DEFAULT_PORT : port}`;
}
