/** Registered cleanups, run in reverse order after the tests of a file, whether they passed or not. */
const undoings: (() => Promise<void> | void)[] = [];

/** Runs `undo` after all tests of the spec file. It must not fail when its work has already been done. */
export function cleanUpAfterTests(undo: () => Promise<void> | void): void {
  undoings.push(undo);
}

afterAll(async () => {
  for (let undo = undoings.pop(); undo; undo = undoings.pop()) await undo();
});
