import { readSettingsFile, SettingsFileError } from '../config/settings-file';
import { KisConfiguration, KisTokenService, readForeignToken, type KisTokenStatus } from '../kis';
import type { CommandContext } from './cli-command';
import { listing } from './output';

export async function tokenStatus({ app, alias, io, json }: CommandContext): Promise<void> {
  const tokens = app.get(KisTokenService);
  if (alias !== undefined) {
    const status = await tokens.getTokenInfo(alias);
    io.answer(json, status, describe(status));
    return;
  }
  const { accounts } = app.get(KisConfiguration, { strict: false });
  const all = await Promise.all(accounts.map((account) => tokens.getTokenInfo(account.alias)));
  io.answer(json, all, all.map(describe).join('\n'));
}

export async function tokenGet({ app, alias, io, json }: CommandContext): Promise<void> {
  const tokens = app.get(KisTokenService);
  const token = await tokens.getToken(alias);
  const { accessToken, tokenType, expiresAt } = token;
  const facts = { accessToken, tokenType, expiresAt: new Date(expiresAt) };
  io.secret(json ? `${JSON.stringify(facts, null, 2)}\n` : `${accessToken}\n`);
  const loss = await lossOf(tokens, alias);
  if (loss !== null) io.err(json ? `${JSON.stringify({ warning: loss })}\n` : `${loss}\n`);
}

export async function tokenRefresh({ app, alias, io, json }: CommandContext): Promise<void> {
  const tokens = app.get(KisTokenService);
  const { outcome, status } = await tokens.refresh(alias);
  const loss = await lossOf(tokens, alias);
  if (loss !== null) throw new Error(loss);
  const words = {
    refreshed: `KIS issued a new token for ${status.alias}.`,
    adopted: `Another process has just stored a new token for ${status.alias}; it is used.`,
    unchanged: `KIS returned the same token for ${status.alias}, as it does within six hours of its issue.`,
  };
  io.answer(json, { outcome, ...status }, `${words[outcome]}\n\n${describe(status)}`);
}

/** Why a token that KIS has just issued is lost: it could not be stored. `null` when nothing is lost. */
async function lossOf(tokens: KisTokenService, alias: string | undefined): Promise<string | null> {
  const { alias: name, source } = await tokens.getTokenInfo(alias);
  const { degraded } = tokens.readiness().tokens.find((each) => each.alias === name) ?? {};
  if (source !== 'api' || !degraded) return null;
  return `KIS issued a token for "${name}" that could not be stored, so it is lost when this command ends. ${degraded}`;
}

export async function tokenDelete({ app, alias, io, json }: CommandContext): Promise<void> {
  const account = app.get(KisConfiguration, { strict: false }).account(alias);
  const deleted = await app.get(KisTokenService).deleteToken(account.alias);
  const words = deleted
    ? `The token of ${account.alias} is deleted.`
    : `There was no token of ${account.alias} to delete.`;
  io.answer(json, { alias: account.alias, deleted }, `${words}\n`);
}

export async function tokenRevoke({ app, alias, io, json, yes }: CommandContext): Promise<void> {
  const tokens = app.get(KisTokenService);
  const status = await tokens.getTokenInfo(alias);
  if (status.status === 'absent') throw nothingToRevoke(status);
  if (!yes && io.confirm && !(await io.confirm(consequencesOfRevoking(status))))
    throw new Error('Nothing was revoked.');
  if (!(await tokens.deleteToken(status.alias, { revoke: true }))) throw nothingToRevoke(status);
  const facts = { alias: status.alias, revoked: true };
  io.answer(json, facts, `The token of ${status.alias} is revoked at KIS and deleted here.\n`);
}

function nothingToRevoke({ alias }: KisTokenStatus): Error {
  return new Error(`There is no token of "${alias}" to revoke. Nothing was changed.`);
}

/** KIS returns the same token for this long after it was issued, even if it has been revoked. */
const SAME_TOKEN_MS = 6 * 3_600_000;

function consequencesOfRevoking({ alias, mode, appKey, issuedAt }: KisTokenStatus): string {
  const until = new Date((issuedAt?.getTime() ?? Date.now()) + SAME_TOKEN_MS);
  const again =
    `Until ${until.toLocaleString('sv-SE')}, six hours after its issue, KIS may return the revoked token again: ` +
    'until then programs may be unable to get a working token for this app key.';
  return [
    `Revoking the token of "${alias}" (${mode}, ${appKey}) stops every program that uses it.`,
    ...(until.getTime() > Date.now() ? [again] : []),
    'The owner of the account gets a KakaoTalk message when the next token is issued.',
    'Revoke it?',
  ].join('\n');
}

export async function importToken({ app, alias, file, io, json }: CommandContext): Promise<void> {
  const configuration = app.get(KisConfiguration, { strict: false });
  const account = configuration.account(alias);
  const token = readForeignToken(textOf(file), account, configuration.tokenPolicy);
  const tokens = app.get(KisTokenService);
  const outcome = await tokens.saveToken(token);
  const status = await tokens.getTokenInfo(account.alias);
  if (outcome === 'superseded') throw superseded(status);
  const words =
    outcome === 'saved'
      ? `The token is stored for ${account.alias}.`
      : `The token in this file is already stored for ${account.alias}.`;
  io.answer(json, { outcome, ...status }, `${words}\n\n${describe(status)}`);
}

function textOf(file: string): string {
  try {
    const found = readSettingsFile(file);
    if (found === null) throw new SettingsFileError('does not exist; check the path.');
    return found.text;
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    throw new Error(`The file ${file} ${error.message}`, { cause: error });
  }
}

function superseded({ alias, expiresAt }: KisTokenStatus): Error {
  return new Error(
    `Nothing was stored: a token of "${alias}" that expires later (${expiresAt?.toLocaleString('sv-SE') ?? 'unknown'}) is ` +
      `already stored. To use the older one anyway, run "kis token delete ${alias}" first.`,
  );
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
    ['stored in', status.filePath ?? status.store],
    ['issued today', status.issuedToday.toString()],
  ];
  if (status.cooldownUntil) rows.push(['next issue from', local(status.cooldownUntil)]);
  if (status.lastError) rows.push(['last error', `${status.lastError.code}: ${status.lastError.message}`]);
  return listing(rows);
}
