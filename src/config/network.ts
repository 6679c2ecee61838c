import { isIP } from 'node:net';

/** Whether only programs on this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name === '::1' || MAPPED_LOOPBACK.test(name)) return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** An IPv4-mapped IPv6 address such as `::ffff:127.0.0.1`, in canonical form. */
const MAPPED_LOOPBACK = /^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/;

/** Whether `host` can be listened on: an IP address or a host name. */
export function isHost(host: string): boolean {
  return isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(host);
}

/** The rule that a base URL violates; `null` when it may be used. */
export function baseUrlFault(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) return 'must be an address like https://host:port';
  const plainToSelf = url.protocol === 'http:' && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !plainToSelf) {
    return 'must begin with https://; plain http:// is for 127.0.0.1 and localhost only';
  }
  if (url.username || url.password) return 'must not hold a user name or password';
  if (url.pathname !== '/' || url.search || url.hash) return 'must end after host and port, without a path';
  return null;
}
