import { formatNaive } from '../../src/kis/token/local-time';
import { LENGTH_MS, MINUTE, SECOND, START, TIMEOUT_MS, type Site, type Simulation } from './simulation';
import { deleteToken } from './token-deletion';
import type { KisFault } from './simulated-kis';
import type { SimulatedStorage } from './simulated-storage';
import type { LinkFault } from './storage-link';

const KIS_FAULTS: readonly KisFault[] = [
  'unreachable',
  'away',
  'dark',
  'broken',
  'mute',
  'slow',
  'garbled',
  'hostile',
];
const LINK_FAULTS: readonly LinkFault[] = ['closed', 'lossy', 'unwritable', 'slow', 'silent'];
const CLOCK_STEPS_SECONDS = [1, 5, 60, 100, 600, 3600, 9 * 3600, 48 * 3600];
/** Two `Date` headers that differ by less may be taken for the same clock, even after slow exchanges. */
const AGREEING_DATES_SECONDS = 60;

/** The kinds of faults, by how often they happen in a scenario of usual intensity. */
const USUAL_COUNTS = {
  killOne: 4,
  stopOne: 4,
  failKis: 2,
  stepClock: 1,
  wrongDate: 1,
  forget: 0.5,
  refuseToken: 1,
  deleteToken: 0.5,
  damageToken: 0.5,
  foreignProgram: 0.5,
  forceRefresh: 0.5,
  blockDirectory: 1,
  loseDirectory: 0.2,
  partition: 2,
  loseShared: 0.2,
};
type FaultName = keyof typeof USUAL_COUNTS;
/** They need a storage that machines share. */
const SHARED_FAULTS: readonly string[] = ['partition', 'loseShared'] satisfies FaultName[];

/** By which factors faults happen more often than usual; 0: never. */
export type FaultFactors = Readonly<Partial<Record<FaultName, number>>>;

/** What goes wrong in a scenario, and when. */
export class FaultSchedule {
  private lastDateErrorSeconds = 0;

  constructor(
    private readonly simulation: Simulation,
    private readonly factors: FaultFactors = {},
  ) {}

  plan(): void {
    const { random, scheduler } = this.simulation;
    const intensity = random.oneOf([0.5, 1, 2, 5]);
    // There is no network yet when the machines start.
    if (random.happens(0.2))
      this.startKisFault(random.oneOf(['away', 'dark']), random.between(1, 300) * SECOND);
    for (const name of Object.keys(USUAL_COUNTS) as FaultName[]) {
      const count = Math.floor(random.between(0, this.usualCount(name) * intensity * 2));
      for (let each = 0; each < count; each += 1) scheduler.at(START + this.moment(), this[name]);
    }
  }

  private usualCount(name: FaultName): number {
    if (!this.simulation.shared && SHARED_FAULTS.includes(name)) return 0;
    return USUAL_COUNTS[name] * (this.factors[name] ?? 1);
  }

  /** Faults gather where they hurt: in the first minutes, when everybody wants a token. */
  private moment(): number {
    const { random } = this.simulation;
    return random.happens(0.4) ? random.between(0, 3 * MINUTE) : random.between(0, LENGTH_MS);
  }

  private readonly killOne = (): void => {
    const instance = this.simulation.anyRunning();
    if (instance) this.simulation.kill(instance);
  };

  private readonly stopOne = (): void => {
    const instance = this.simulation.anyRunning();
    if (instance) this.simulation.stop(instance);
  };

  private readonly failKis = (): void => {
    const { random } = this.simulation;
    this.startKisFault(random.oneOf(KIS_FAULTS), random.between(1, 600) * SECOND);
  };

  private startKisFault(fault: KisFault, lengthMs: number): void {
    const { kis, scheduler, history, onOutageOver } = this.simulation;
    kis.fault = fault;
    history.record(`KIS is ${fault}`);
    scheduler.after(lengthMs, () => {
      kis.fault = 'none';
      history.record('KIS has recovered');
      onOutageOver(fault);
    });
  }

  private readonly stepClock = (): void => {
    const { random } = this.simulation;
    const { machine } = this.oneSite();
    machine.setClock(random.oneOf([-1, 1]) * random.oneOf(CLOCK_STEPS_SECONDS) * SECOND);
    this.simulation.history.record(`the clock of ${machine.name} is ${machine.wallErrorMs / SECOND} s wrong`);
  };

  /**
   * One response of KIS, or of a proxy before it, has a wrong date. Two in a row that agree by chance are left out:
   * nothing tells them from a machine whose clock is wrong.
   */
  private readonly wrongDate = (): void => {
    const { random, history, kis } = this.simulation;
    const seconds = Math.round(random.oneOf([-1, 1]) * random.between(60, random.oneOf([3600, 50 * 3600])));
    if (Math.abs(seconds - this.lastDateErrorSeconds) <= AGREEING_DATES_SECONDS) return;
    this.lastDateErrorSeconds = seconds;
    kis.dateErrors.push(seconds * SECOND);
    history.record(`the next response is dated ${seconds} s from the truth`);
  };

  /** A person deletes or revokes the token by one of our processes, often just while a new one is being requested. */
  private readonly forget = (): void => {
    const { random, scheduler, atNextRequest } = this.simulation;
    const deleteNow = (): void => {
      const instance = this.simulation.anyRunning();
      instance?.process.deliver(() => void deleteToken(this.simulation, instance));
    };
    if (random.happens(0.4)) deleteNow();
    else
      atNextRequest.push(() => {
        scheduler.after(random.between(0, 600), deleteNow);
      });
  };

  private readonly refuseToken = (): void => {
    const { history, kis } = this.simulation;
    history.record('KIS refuses its newest token');
    kis.killNewest();
  };

  private readonly deleteToken = (): void => {
    const storage = this.oneStorage();
    storage.put(null);
    this.simulation.history.record(`the token in ${storage.name} is deleted`);
  };

  private readonly damageToken = (): void => {
    const storage = this.oneStorage();
    const { tokenText } = storage;
    if (tokenText === null) return;
    storage.put(tokenText.slice(0, this.simulation.random.whole(0, tokenText.length - 1)));
    this.simulation.history.record(`the token in ${storage.name} is damaged`);
  };

  /** A Python program that knows nothing of claims gets a token and stores the five fields. */
  private readonly foreignProgram = (): void => {
    const { history, kis, scheduler } = this.simulation;
    const { machine, directory } = this.oneSite();
    const issued = kis.arrive();
    if (issued instanceof Error) return;
    history.record(`a Python program on ${machine.name} stores a token`);
    directory.put(
      JSON.stringify({
        access_token: issued.accessToken,
        token_type: 'Bearer',
        expires_in: kis.rules.lifetimeMs / 1000,
        issued_at: formatNaive(scheduler.time + machine.wallErrorMs),
        expiry_datetime: formatNaive((issued.statedExpiry ?? 0) + machine.wallErrorMs),
      }),
    );
  };

  private readonly forceRefresh = (): void => {
    const { history, scheduler } = this.simulation;
    const instance = this.simulation.anyRunning();
    instance?.process.deliver(() => {
      instance.forcing = true;
      history.record(`a person requests a new token from ${instance.process.name}`);
      void instance.tokens
        .refresh()
        .catch(() => undefined)
        .finally(() => {
          // A request that was made for it may arrive when the caller has gone.
          scheduler.after(TIMEOUT_MS, () => {
            instance.forcing = false;
          });
        });
    });
  };

  private readonly blockDirectory = (): void => {
    const { random } = this.simulation;
    this.oneSite().directoryLink.fail(random.oneOf(LINK_FAULTS), random.between(1, 300) * SECOND);
  };

  private readonly loseDirectory = (): void => {
    this.lose(this.oneSite().directory);
  };

  /** Some machines, or all, are cut off from the shared storage. */
  private readonly partition = (): void => {
    const { random, sites } = this.simulation;
    const fault = random.oneOf(LINK_FAULTS);
    const lengthMs = random.between(1, 600) * SECOND;
    const { length } = sites;
    const cut = sites.slice(random.whole(0, length - 1)).slice(0, random.whole(1, length));
    for (const { sharedLink } of cut) sharedLink.fail(fault, lengthMs);
  };

  private readonly loseShared = (): void => {
    if (this.simulation.shared) this.lose(this.simulation.shared);
  };

  private lose(storage: SimulatedStorage): void {
    this.simulation.history.record(`${storage.name} loses all`);
    storage.lose();
  }

  private oneSite(): Site {
    return this.simulation.random.oneOf(this.simulation.sites);
  }

  private oneStorage(): SimulatedStorage {
    const { shared, random } = this.simulation;
    return shared && random.happens(0.5) ? shared : this.oneSite().directory;
  }
}
