import type { Writable } from 'node:stream';

/**
 * An output of this process that may be lost while it runs: nobody reads it any more, or the disk behind it is full.
 * What cannot be written is dropped; `onFailure` is told the error code once until writing works again.
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
