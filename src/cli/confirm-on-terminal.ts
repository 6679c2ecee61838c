import { createInterface } from 'node:readline';

/** Asks a question on the terminal. Everything but `y` and `yes` is a no, the end of the input and Ctrl+C included. */
export function confirmOnTerminal(question: string): Promise<boolean> {
  // The question is no answer of the command: standard output may go into a file or a pipe.
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
