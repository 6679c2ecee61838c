import { runSimulator } from './simulator';

/** `npm run simulator`: the brokerage alone, for other clients or another terminal. */
void runSimulator(process.env);
