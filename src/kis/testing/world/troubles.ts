import { formatNaive } from '../../token/file/naive-time';
import { LENGTH_MS, MINUTE, SECOND, START, TIMEOUT_MS, type Stage } from './stage';
import type { KisMood } from './world-kis';

const MOODS: readonly KisMood[] = ['unreachable', 'broken', 'mute', 'slow', 'garbled', 'hostile'];
const CLOCK_STEPS_SECONDS = [1, 5, 60, 600, 3600, 9 * 3600, 48 * 3600];

/** What goes wrong in a story, and when. */
export class Troubles {
  constructor(private readonly stage: Stage) {}

  plan(): void {
    const { dice, world } = this.stage;
    const intensity = dice.oneOf([0.5, 1, 2, 5]);
    for (const [often, trouble] of this.kinds()) {
      const count = Math.floor(dice.between(0, often * intensity * 2));
      for (let each = 0; each < count; each += 1) world.at(START + this.moment(), trouble);
    }
  }

  /** Each with how often it happens in a story of usual intensity. */
  private kinds(): readonly (readonly [number, () => void])[] {
    return [
      [4, this.killOne],
      [4, this.stopOne],
      [2, this.moodSwing],
      [1, this.stepClock],
      [1, this.refuseToken],
      [0.5, this.deleteToken],
      [0.5, this.damageToken],
      [0.5, this.foreignProgram],
      [0.5, this.forceRefresh],
    ];
  }

  /** Troubles gather where they hurt: in the first minutes, when everybody wants a token. */
  private moment(): number {
    const { dice } = this.stage;
    return dice.happens(0.4) ? dice.between(0, 3 * MINUTE) : dice.between(0, LENGTH_MS);
  }

  private readonly killOne = (): void => {
    const life = this.stage.oneAlive();
    if (life) this.stage.kill(life);
  };

  private readonly stopOne = (): void => {
    const life = this.stage.oneAlive();
    if (life) this.stage.stop(life);
  };

  private readonly moodSwing = (): void => {
    const { dice, kis, world } = this.stage;
    kis.mood = dice.oneOf(MOODS);
    world.after(dice.between(1, 600) * SECOND, () => {
      kis.mood = 'well';
    });
  };

  private readonly stepClock = (): void => {
    const { dice, machine } = this.stage;
    this.stage.clockWasSet = true;
    machine.wallErrorMs += dice.oneOf([-1, 1]) * dice.oneOf(CLOCK_STEPS_SECONDS) * SECOND;
  };

  private readonly refuseToken = (): void => {
    const { history, kis } = this.stage;
    const token = history.issues.findLast((issue) => issue.accessToken !== null)?.accessToken;
    if (token !== undefined && token !== null) kis.kill(token);
  };

  private readonly deleteToken = (): void => {
    this.stage.directory.tokenText = null;
    this.stage.history.forgotten();
  };

  private readonly damageToken = (): void => {
    const { dice, directory, history } = this.stage;
    const { tokenText } = directory;
    if (tokenText !== null) directory.tokenText = tokenText.slice(0, dice.whole(0, tokenText.length - 1));
    history.forgotten();
  };

  /** A Python program that knows nothing of claims gets a token and stores the five fields. */
  private readonly foreignProgram = (): void => {
    const { directory, history, kis, machine, world } = this.stage;
    const issued = kis.arrive('a Python program', false);
    if (issued instanceof Error) return;
    directory.savedAt = 0;
    directory.tokenText = JSON.stringify({
      access_token: issued.accessToken,
      token_type: 'Bearer',
      expires_in: kis.rules.lifetimeMs / 1000,
      issued_at: formatNaive(world.time + machine.wallErrorMs),
      expiry_datetime: formatNaive((issued.statedExpiry ?? 0) + machine.wallErrorMs),
    });
    history.forgotten();
  };

  private readonly forceRefresh = (): void => {
    const { forcing, world } = this.stage;
    const life = this.stage.oneAlive();
    life?.process.deliver(() => {
      const { name } = life.process;
      forcing.add(name);
      void life.tokens
        .refresh()
        .catch(() => undefined)
        .finally(() => {
          // A request that was made for it may arrive when the caller has gone.
          world.after(TIMEOUT_MS, () => forcing.delete(name));
        });
    });
  };
}
