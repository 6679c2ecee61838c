import { sampleCredential, sampleToken } from '../testing/sample-tokens';
import {
  DAY_JWT,
  expiryOf,
  ISSUED_AT,
  readFields,
  readText,
} from '../../../test/support/kis/token-file-texts';
import { encodeTokenFile } from './token-codec';

const HOUR_MS = 3_600_000;
const credential = sampleCredential();

/** Our own file with some fields changed and the checksum left as it was. */
function tampered(change: object): object {
  return { ...(JSON.parse(encodeTokenFile(sampleToken(credential))) as object), ...change };
}

describe('a token file of ours', () => {
  it('has the five fields that everybody knows first, in their order, then ours, indented', () => {
    const token = sampleToken(credential, { accessToken: DAY_JWT, issuedAt: ISSUED_AT + 7, generation: 12 });
    const text = encodeTokenFile(token);
    const names = [...text.matchAll(/^ {2}"(\w+)": /gm)].map((match) => match[1]);
    expect(names).toEqual([
      'access_token',
      'token_type',
      'expires_in',
      'issued_at',
      'expiry_datetime',
      'issued_at_utc',
      'expires_at_utc',
      'refresh_at_utc',
      'generation',
      'owner',
      'boot_id',
      'ends_at_uptime_ms',
      'checksum',
    ]);
    expect(text.split('\n')).toHaveLength(16);
    expect(text.endsWith('\n}\n')).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      access_token: DAY_JWT,
      token_type: 'Bearer',
      expires_in: 86400,
      issued_at_utc: '2026-11-22T03:00:00.007Z',
      expires_at_utc: '2026-11-23T03:00:00.007Z',
      refresh_at_utc: '2026-11-23T01:00:00.007Z',
      generation: 12,
      owner: credential.id,
    });
  });

  it('is read back as the token that was written', () => {
    const token = sampleToken(credential, { accessToken: DAY_JWT, generation: 12 });
    expect(readText(encodeTokenFile(token))).toEqual(token);
  });

  it.each([
    ['indented otherwise', (text: string) => JSON.stringify(JSON.parse(text), null, 4)],
    ['on one line', (text: string) => JSON.stringify(JSON.parse(text))],
    ['with further fields', (text: string) => text.replace('{', '{"note": {"by": ["me"]},')],
  ])('is still ours %s', (_, rewrite) => {
    const token = sampleToken(credential);
    expect(readText(rewrite(encodeTokenFile(token)))).toEqual(token);
  });

  it('is never used when it is cut off anywhere', () => {
    const text = encodeTokenFile(sampleToken(credential, { accessToken: DAY_JWT }));
    const whole = text.trimEnd().length;
    for (let length = 0; length < whole; length += 1) {
      expect([length, readText(text.slice(0, length))]).toEqual([length, 'it is not a whole JSON object']);
    }
    expect(typeof readText(text.slice(0, whole))).toBe('object');
  });

  it('is never used when any single bit of it has changed', () => {
    const bytes = Buffer.from(encodeTokenFile(sampleToken(credential, { accessToken: DAY_JWT })));
    const used: string[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      if (typeof readText(changed.toString('utf8')) !== 'string') used.push(`bit ${bit}`);
    }
    expect(used).toEqual([]);
  });

  it.each([
    ['access_token', 'another'],
    ['token_type', 'Basic'],
    ['expires_in', 86401],
    ['issued_at', '2026-11-22T12:00:00.000001'],
    ['expiry_datetime', '2030-01-01T00:00:00.000000'],
    ['issued_at_utc', '2026-11-22T03:00:00.008Z'],
    ['expires_at_utc', '2030-01-01T00:00:00.000Z'],
    ['refresh_at_utc', '2030-01-01T00:00:00.000Z'],
    ['generation', 99],
    ['owner', 'f'.repeat(64)],
    ['checksum', 'f'.repeat(64)],
  ])('is not used when its %s was edited', (name, value) => {
    expect(readFields(tampered({ [name]: value }))).toBe('its checksum does not fit');
  });

  it.each(['issued_at_utc', 'expires_at_utc', 'refresh_at_utc', 'generation', 'owner', 'checksum'])(
    'is not used when its %s was taken out',
    (name) => {
      expect(readFields(tampered({ [name]: undefined }))).toBe('its checksum does not fit');
    },
  );

  it('is believed before the token itself and before the zoneless times', () => {
    const expiresAt = ISSUED_AT + 5 * HOUR_MS;
    const token = sampleToken(credential, { accessToken: DAY_JWT, issuedAt: ISSUED_AT, expiresAt });
    expect(expiryOf(JSON.parse(encodeTokenFile(token)) as object)).toBe(expiresAt);
  });
});
