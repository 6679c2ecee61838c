import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigModule } from '@nestjs/config';
import { ConfigError } from './config.error';

/** Variables by name. A variable that is there but empty counts as not set, unless its description says more. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the value of a variable was written; without a file it is the real environment. */
export interface VariableOrigin {
  readonly file?: string;
  readonly line?: number;
}

export interface ReadEnvironment {
  readonly values: Environment;
  /** Asked only when a message has to name the line to change. */
  readonly originOf: (name: string) => VariableOrigin;
}

/** The first one that has a variable wins. */
const FILES = ['.env.local', '.env'];

/**
 * The variables of `directory`: the real environment, then `.env.local`, then `.env`. Nothing is written back
 * into the real environment, so keys from a file do not reach child processes.
 *
 * @throws ConfigError when a file is there but cannot be read.
 */
export async function readEnvironment(directory: string, real: Environment): Promise<ReadEnvironment> {
  const files = await readFiles(directory);
  return {
    values: { ...files, ...real },
    originOf: (name) => (real[name] === undefined ? originInFiles(directory, name) : {}),
  };
}

async function readFiles(directory: string): Promise<Environment> {
  let found: Environment = {};
  try {
    await ConfigModule.forRoot({
      envFilePath: FILES.map((file) => join(directory, file)),
      ignoreEnvVars: true,
      validate: (variables) => {
        found = variables as Environment;
        return {}; // What is returned here would be copied into process.env.
      },
    });
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new ConfigError([`.env, .env.local: cannot be read (${code}); check owner and permissions.`]);
  }
  return found;
}

function originInFiles(directory: string, name: string): VariableOrigin {
  const assignment = new RegExp(String.raw`^\s*(?:export\s+)?${name}\s*[=:]`);
  for (const file of FILES) {
    const path = join(directory, file);
    if (!existsSync(path)) continue;
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .findLastIndex((text) => assignment.test(text));
    if (line >= 0) return { file, line: line + 1 };
  }
  return {};
}
