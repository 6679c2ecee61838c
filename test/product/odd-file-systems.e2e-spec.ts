import { rmSync } from 'node:fs';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { OddFileSystem, type Oddities } from '../support/odd-file-system';
import { Home, runKis } from '../support/product';

const EPERM = 1;
const EINVAL = 22;
/** Node has no name for it: "Unknown system error -37". */
const ENOLCK = 37;
const EOPNOTSUPP = 95;

const LACKS: readonly (readonly [string, Omit<Oddities, 'below'>, RegExp])[] = [
  ['permissions', { chmod: EPERM }, /permissions cannot be set there.*\(EPERM\)/g],
  ['syncs', { sync: EINVAL }, /writes cannot be forced to the disk there.*\(EINVAL\)/g],
  ['locks', { lock: ENOLCK }, /does not support locks.*Claims are kept in/g],
  ['locks, in other words', { lock: EOPNOTSUPP }, /does not support locks.*Claims are kept in/g],
];

describe('A file system without', () => {
  const odd = new OddFileSystem();
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { sameTokenSeconds: 0 } });
  });

  afterAll(() => simulator.stop());

  it.each(LACKS)(
    '%s costs one warning, no token, and not the interval',
    async (_, lacks, warning) => {
      const home = new Home();
      const account = freshAccountEnv(simulator);
      const env = { ...account, ...odd.env({ below: home.path, ...lacks }) };
      const first = await runKis(['token', 'get'], { env, home });
      expect({ code: first.code, warnings: first.stderr.match(warning)?.length }).toEqual({
        code: 0,
        warnings: 1,
      });
      // The token is found again; and when it is gone, the claim is.
      expect(await runKis(['token', 'get'], { env, home })).toMatchObject({ code: 0, stdout: first.stdout });
      for (let restart = 0; restart < 3; restart += 1) {
        for (const name of home.list('~/KIS/tokens').filter((each) => each.startsWith('token_')))
          rmSync(home.locate(`~/KIS/tokens/${name}`));
        expect((await runKis(['token', 'get'], { env, home })).code).toBe(1);
      }
      expect(simulator.issuesOf(account['KIS_APP_KEY'] ?? '')).toHaveLength(1);
    },
    60_000,
  );
});
