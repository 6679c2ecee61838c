import { KisConfiguration, KisRealtime } from '../kis';
import { jsonText } from '../platform/json-text';
import { withArguments } from './choice';
import type { CommandContext } from './cli-command';

/** Prints events, one line of JSON each, until Ctrl-C or until the output is closed. */
export async function stream({ app, alias, io, many }: CommandContext): Promise<void> {
  const account = app.get(KisConfiguration, { strict: false }).account(alias);
  const realtime = app.get(KisRealtime, { strict: false });
  const events = await withArguments(() => realtime.open(many, { account }));
  const end = (): void => {
    events.close();
  };
  for (const signal of SIGNALS) process.once(signal, end);
  process.stdout.once('error', end);
  try {
    for await (const { type, data } of events) {
      io.line(jsonText({ event: type, data }, io.redactor));
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    process.stdout.off('error', end);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
