import { KisTokenStoreError } from '../../../src/kis/kis.errors';

/** A store gives up this work with an error that names the problem and its remedy. */
export async function expectRefusal(work: Promise<unknown>, problem: RegExp): Promise<void> {
  const refusal = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(KisTokenStoreError);
  expect(String(refusal)).toMatch(problem);
}
