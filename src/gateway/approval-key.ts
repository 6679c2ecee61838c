import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A key for the websocket of the gateway, in the form of KIS's own: a UUID, by its bits of version 4. It contains the time at
 * which it was made and a signature, so that every process that knows the caller can verify it.
 */
export function approvalKey(signingKey: string, now: number): string {
  const open = Buffer.alloc(OPEN_BYTES);
  open.writeUInt32BE(Math.floor(now / 1000));
  randomBytes(OPEN_BYTES - TIME_BYTES).copy(open, TIME_BYTES);
  open.writeUInt8(0x40 | (open.readUInt8(OPEN_BYTES - 1) & 0x0f), OPEN_BYTES - 1);
  // Version and variant of a UUID are in the bytes 6 and 8.
  const signed = signature(open, signingKey);
  const text = Buffer.concat([open, signed]).toString('hex');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  );
}

/** Whether an approval key was made with this signing key less than a day ago. */
export function isApprovalKeyOf(text: string, signingKey: string, now: number): boolean {
  if (!UUID.test(text)) return false;
  const bytes = Buffer.from(text.replace(/-/g, ''), 'hex');
  const open = bytes.subarray(0, OPEN_BYTES);
  const ageMs = now - open.readUInt32BE() * 1000;
  return ageMs < LIFE_MS && timingSafeEqual(bytes.subarray(OPEN_BYTES), signature(open, signingKey));
}

function signature(open: Buffer, key: string): Buffer {
  const digest = createHmac('sha512', key)
    .update('approval')
    .update(open)
    .digest()
    .subarray(0, 16 - OPEN_BYTES);
  digest.writeUInt8(0x80 | (digest.readUInt8(1) & 0x3f), 1);
  return digest;
}

/** How long approval keys of KIS are valid. */
const LIFE_MS = 24 * 3_600_000;
/** The unsigned part: seconds since 1970, and three random bytes, the last of which holds the version of the UUID. */
const TIME_BYTES = 4;
const OPEN_BYTES = TIME_BYTES + 3;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
