import type { Writable } from 'node:stream';

/**
 * An output of this process that may fail while it runs, because its reader is gone or a disk is full. What cannot be
 * written is dropped; `onFailure` gets the error code, once until writing works again.
 */
export class ConsoleOutput {
  private failing = false;

  constructor(
    private readonly stream: Writable,
    onFailure: (code: string) => void = () => undefined,
  ) {
    // Without a listener the error would end the process.
    stream.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
      if (this.failing) return;
      this.failing = true;
      onFailure(code);
    });
  }

  readonly write = (text: string): void => {
    this.stream.write(text, (error) => {
      if (!error) this.failing = false;
    });
  };
}
