import { readFile } from 'node:fs/promises';
import { KisConfiguration, KisTokenService, readForeignToken, type KisTokenStatus } from '../kis';
import type { CommandContext } from './cli-command';
import { listing } from './output';

export async function tokenStatus({ app, alias, io, json }: CommandContext): Promise<void> {
  const tokens = app.get(KisTokenService);
  if (alias !== undefined) {
    const status = await tokens.getTokenInfo(alias);
    io.out(json ? `${JSON.stringify(status, null, 2)}\n` : describe(status));
    return;
  }
  const { accounts } = app.get(KisConfiguration, { strict: false });
  const all = await Promise.all(accounts.map((account) => tokens.getTokenInfo(account.alias)));
  io.out(json ? `${JSON.stringify(all, null, 2)}\n` : all.map(describe).join('\n'));
}

export async function tokenGet({ app, alias, io, json }: CommandContext): Promise<void> {
  const token = await app.get(KisTokenService).getToken(alias);
  const { accessToken, tokenType, expiresAt } = token;
  io.out(
    json
      ? `${JSON.stringify({ accessToken, tokenType, expiresAt: new Date(expiresAt) }, null, 2)}\n`
      : `${accessToken}\n`,
  );
}

export async function tokenRefresh({ app, alias, io, json }: CommandContext): Promise<void> {
  const { outcome, status } = await app.get(KisTokenService).refresh(alias);
  const words = {
    refreshed: 'KIS issued a new token.',
    adopted: 'Another process had just stored a new token; it is used.',
    unchanged: 'KIS answered with the same token, as it does within six hours of an issue.',
  };
  io.out(
    json
      ? `${JSON.stringify({ outcome, ...status }, null, 2)}\n`
      : `${words[outcome]}\n\n${describe(status)}`,
  );
}

export async function tokenDelete({ app, alias, io, json }: CommandContext): Promise<void> {
  await app.get(KisTokenService).deleteToken(alias);
  io.out(json ? '{"deleted": true}\n' : 'The token is forgotten.\n');
}

export async function tokenRevoke({ app, alias, io, json }: CommandContext): Promise<void> {
  await app.get(KisTokenService).deleteToken(alias, { revoke: true });
  io.out(json ? '{"revoked": true}\n' : 'The token is revoked at KIS and forgotten here.\n');
}

export async function importToken({ app, alias, file, io, json }: CommandContext): Promise<void> {
  const configuration = app.get(KisConfiguration, { strict: false });
  const account = configuration.account(alias);
  const token = readForeignToken(await readFile(file, 'utf8'), account, configuration.tokenPolicy);
  const tokens = app.get(KisTokenService);
  await tokens.saveToken(token);
  const status = await tokens.getTokenInfo(account.alias);
  io.out(json ? `${JSON.stringify(status, null, 2)}\n` : `The token is stored.\n\n${describe(status)}`);
}

function describe(status: KisTokenStatus): string {
  const local = (at: Date | null): string => (at === null ? '-' : at.toLocaleString('sv-SE'));
  const rows: [string, string][] = [
    ['account', `${status.alias} (${status.mode}, ${status.appKey})`],
    ['status', status.status],
    [
      'expires',
      `${local(status.expiresAt)}${status.remainingSeconds === null ? '' : `, in ${status.remainingSeconds} s`}`,
    ],
    ['renewal', local(status.refreshAt)],
    ['kept in', status.filePath ?? status.store],
    ['issued today', status.issuedToday.toString()],
  ];
  if (status.cooldownUntil) rows.push(['next issue from', local(status.cooldownUntil)]);
  if (status.lastError) rows.push(['last error', `${status.lastError.code}: ${status.lastError.message}`]);
  return listing(rows);
}
