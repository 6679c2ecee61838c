import type { INestApplicationContext } from '@nestjs/common';
import type { CliIo } from './output';

/** What a command has at hand. */
export interface CommandContext {
  readonly app: INestApplicationContext;
  /** `undefined`: the default account. */
  readonly alias: string | undefined;
  /** For `import`; empty otherwise. */
  readonly file: string;
  readonly json: boolean;
  readonly online: boolean;
  readonly io: CliIo;
}

export interface CliCommand {
  /** Whether a file comes before the alias. */
  readonly takesFile?: boolean;
  readonly takesAlias: boolean;
  readonly run: (context: CommandContext) => Promise<void>;
}
