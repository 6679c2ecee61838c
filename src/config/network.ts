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
