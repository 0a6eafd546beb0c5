import { join } from 'node:path';
import { type LocalIssuer, operatorScopes, writeSecretFile } from '@admit-one/identity';

const TTL_SECONDS = 24 * 60 * 60;

/** The file with a token for the audit API, readable by its owner only. */
const OPERATOR_TOKEN_FILE = 'operator.token';

export interface OperatorTokenFile {
  stop(): void;
}

/** Writes a token with every scope into the data directory, and renews it before it expires. */
export async function keepOperatorToken(
  dataDir: string,
  operators: LocalIssuer,
  onError: (error: unknown) => void,
): Promise<OperatorTokenFile> {
  const file = join(dataDir, OPERATOR_TOKEN_FILE);

  async function write(): Promise<void> {
    const claims = { sub: 'operator', scope: Object.keys(operatorScopes).join(' ') };
    const token = await operators.sign(claims, { ttlSeconds: TTL_SECONDS });
    await writeSecretFile(file, `${token}\n`);
  }

  await write();
  const timer = setInterval(() => write().catch(onError), (TTL_SECONDS * 1000) / 2);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
