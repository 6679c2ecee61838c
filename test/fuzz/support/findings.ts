import type { Damage } from './damage';

/**
 * Counterexamples that the fuzz tests have found once: each is tried again at every run. To add one, copy what stands
 * after "Counterexample:" in the output of a failed run.
 */
export const FINDINGS: [call: number, damage: Damage[], first: number, count: number][] = [
  // An answer without its list was an empty account, and one nested without end was an error of ours (500).
  [0, [{ op: 'remove', at: 2 }], 0, 1000],
  [0, [{ op: 'remove', at: 2 }], 1, 1000],
  [0, [{ op: 'nest', depth: 20_000 }], 0, 1000],
  [2, [{ op: 'set', at: 0, value: [] }], 0, 1000],
  [0, [{ op: 'set', at: 33, value: '' }], 0, 1000],
  [4, [{ op: 'set', at: 1, value: '0' }], 0, 1000],
  // Bytes left over of one answer broke the next call on that connection.
  [
    4,
    [
      { op: 'append', text: 'left over of an answer that is too long' },
      { op: 'length', delta: -39 },
      { op: 'drip', pieces: 300, pauseMs: 1 },
    ],
    0,
    1,
  ],
  // Brotli is read, although it is not asked for; the expectation took it for unreadable.
  [0, [{ op: 'encode', as: 'br' }], 0, 1],
  // A following page whose head was too long was requested again, and the expectation counted it as read.
  [
    0,
    [
      { op: 'set', at: 6, value: '77' },
      { op: 'header', name: 'X-Long', value: 'x'.repeat(20_000) },
    ],
    1,
    1,
  ],
];

/** The same for the token endpoint. */
export const TOKEN_FINDINGS: [Damage[]][] = [
  // A right header in the place of a wrong one: the expectation took the body for unreadable.
  [
    [
      { op: 'encode', as: 'none' },
      { op: 'header', name: 'Content-Encoding', value: 'identity' },
    ],
  ],
  // A token type with a line break made every later call fail until a restart; long tokens were taken.
  [[{ op: 'set', at: 2, value: 'Bearer\r\nX-Evil: 1' }]],
  [[{ op: 'set', at: 0, value: 'x'.repeat(20_000) }]],
  [[{ op: 'nest', depth: 20_000 }]],
  // One wrong Date header moved the end of a token by decades.
  [[{ op: 'header', name: 'Date', value: 'Thu, 01 Jan 1970 00:00:00 GMT' }]],
  [[{ op: 'header', name: 'Date', value: 'Fri, 31 Dec 9999 23:59:59 GMT' }]],
];
