import { AppConfig } from '../../config/app-config';
import { describeDestination, destinationsOf, KisConfiguration } from '../../kis';
import type { CommandContext } from '../cli-command';
import { note, ok, type Finding } from './finding';

/** What is configured, with warnings. Errors in the settings have ended the command before. */
export function settings({ app }: CommandContext): Finding[] {
  const { settingsFiles, simulator, warnings } = app.get(AppConfig, { strict: false });
  const configuration = app.get(KisConfiguration, { strict: false });
  const names = configuration.accounts.map(({ alias, mode }) => `${alias} (${mode})`);
  return [
    ok('Node.js', process.versions.node),
    settingsFiles.length === 0
      ? note('settings', `no .env or .env.local in ${process.cwd()}; only environment variables apply`)
      : ok('settings', `${settingsFiles.join(', ')} in ${process.cwd()}, and the environment`),
    ...warnings.map((warning) => note('settings', warning)),
    ok('accounts', names.join(', ')),
    ...(simulator ? [note('simulator', 'KIS_SIMULATOR=true: all figures are invented')] : []),
    // Where keys and tokens are sent.
    ...destinationsOf(configuration).map((each) => ok('destination', describeDestination(each))),
  ];
}
