import { createInterface } from 'node:readline';

/** Asks for confirmation on the terminal. Anything but `y` and `yes` counts as no, including end of input and Ctrl+C. */
export function confirmOnTerminal(question: string): Promise<boolean> {
  // Not on standard output, which is for results and may go into a file or a pipe.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.once('close', () => {
      resolve(false);
    });
    terminal.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      terminal.close();
    });
  });
}
