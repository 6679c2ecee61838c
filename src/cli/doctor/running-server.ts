import { AppConfig } from '../../config/app-config';
import { KisConfiguration } from '../../kis';
import type { CommandContext } from '../cli-command';
import { responseOfService } from '../running-service';
import { note, ok, type Finding } from './finding';

/** Whether the server with these settings, if one is running, is ready. */
export async function runningServer({ app }: CommandContext): Promise<Finding[]> {
  const response = await responseOfService(app.get(AppConfig, { strict: false }), '/health/ready');
  const { error } = (response?.body ?? {}) as { readonly error?: unknown };
  if (response === null || typeof error !== 'object' || error === null) return [];
  const check = 'server';
  if (response.status === 200) return [ok(check, `${response.origin} is running and ready`)];
  const { accounts } = app.get(KisConfiguration, { strict: false });
  const aliases = accounts.map(({ alias }) => alias).filter((alias) => `token:${alias}` in error);
  const words = `${response.origin} is running but not ready: no usable token for ${aliases.join(', ')}`;
  return [note(check, `${words}; the log and ${response.origin}/api/tokens say why`)];
}
