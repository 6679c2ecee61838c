export interface Finding {
  readonly check: string;
  /** `note`: worth knowing; `fault`: something does not work, and the command fails. */
  readonly result: 'ok' | 'note' | 'fault';
  readonly words: string;
}

export const ok = (check: string, words: string): Finding => ({ check, result: 'ok', words });
export const note = (check: string, words: string): Finding => ({ check, result: 'note', words });
export const fault = (check: string, words: string): Finding => ({ check, result: 'fault', words });
