// Jest compiles for itself only: a thread that a test starts loads the sources by itself.
require('../../scripts/typescript-hook.cjs').registerInThreads();
