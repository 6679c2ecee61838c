import { describeClaims } from './claim.contract';
import { describeGenerations, describeIsolation, describeRefusals } from './records.contract';
import type { OpenStore } from '../testing/store-fixture';
import { describeTokens } from './stored-token.contract';

/**
 * What every token store promises, as tests: to be called at the top of a spec file.
 *
 * @param open an empty store whose time is the clock that it is given.
 */
export function describeKisTokenStore(name: string, open: OpenStore): void {
  describe(`${name}, as a token store`, () => {
    describeTokens(open);
    describeClaims(open);
    describeGenerations(open);
    describeRefusals(open);
    describeIsolation(open);
  });
}
