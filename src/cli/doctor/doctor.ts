import { escapeControls } from '../../kis';
import type { CommandContext } from '../cli-command';
import { clockAlone, connections } from './connections';
import type { Finding } from './finding';
import { runningServer } from './running-server';
import { settings } from './settings';
import { storedTokens } from './stored-tokens';

/** The findings have been printed already; the command only has to end with an error code. */
export class CheckFailed extends Error {}

/**
 * Checks everything that commonly goes wrong, without requesting a token from KIS; with `--online` also the connection
 * to KIS, without sending a key or a token.
 *
 * @throws CheckFailed when something does not work
 */
export async function doctor(context: CommandContext): Promise<void> {
  const findings = [
    ...settings(context),
    ...(await storedTokens(context)),
    ...(await runningServer(context)),
    ...(context.online ? await connections(context) : [clockAlone()]),
  ];
  const { io, json } = context;
  io.answer(json, findings, findings.map(line).join(''));
  if (findings.some((finding) => finding.result === 'fault')) throw new CheckFailed();
}

function line({ check, result, words }: Finding): string {
  return `${result.toUpperCase().padEnd(5)}  ${check}: ${escapeControls(words)}\n`;
}
