import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, exitCodes } from '../../command-error.ts';
import { bearerTokenIn, readTokenFile } from '../../http/bearer-token.ts';

/** The operator's bearer token, and where it is from. */
export interface OperatorToken {
  readonly from: string;
  /**
   * A file is read each time, because standalone and other programs renew theirs.
   * @throws {CommandError} where it is not a bearer token
   */
  read(): Promise<string>;
}

export interface OperatorTokenOptions {
  readonly tokenFile: string | undefined;
  /** The data directory of standalone, which keeps a token in it. */
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** @throws {CommandError} where there is no token */
export function operatorTokenOf({ tokenFile, dataDir, env }: OperatorTokenOptions): OperatorToken {
  if (tokenFile !== undefined) return tokenInFile(tokenFile);
  const value = env.ADMIT_OPERATOR_TOKEN;
  if (value)
    return { from: 'ADMIT_OPERATOR_TOKEN', read: async () => bearerTokenIn(value, 'ADMIT_OPERATOR_TOKEN') };
  const file = join(dataDir, 'operator.token');
  if (existsSync(file)) return tokenInFile(file);
  throw new CommandError(
    `There is no operator token: ${file} does not exist. Name a file with --token-file, or set ADMIT_OPERATOR_TOKEN. A local server writes one to its DATA_DIR (npm start), and npx @admit-one/cli token --operator prints one.`,
    exitCodes.usage,
  );
}

function tokenInFile(file: string): OperatorToken {
  return { from: file, read: () => readTokenFile(file) };
}
