import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ANONYMOUS_ISSUER, LOCAL_OPERATORS, LOCAL_USERS } from '../issuers/own-issuers.ts';
import type { IssuerConfig } from '../issuers/types.ts';
import { parseJsonObject } from '../keys/key-set.ts';
import { generateSigningKey, parseSigningKey, type SigningKey } from './signing-key.ts';
import { createTokenIssuer, type TokenIssuer } from './token-issuer.ts';
import { writeSecretFile } from './write-secret-file.ts';

/** An issuer whose key is in a data directory. */
export interface LocalIssuer extends TokenIssuer {
  readonly alias: string;
  readonly issuer: string;
  readonly audience: string;
  readonly key: SigningKey;
}

export interface LocalIssuers {
  /** Of test users. */
  readonly users: LocalIssuer;
  /** Of operators. */
  readonly operators: LocalIssuer;
  /** Of anonymous sessions. */
  readonly anonymous: LocalIssuer;
}

const identities = {
  users: LOCAL_USERS,
  operators: LOCAL_OPERATORS,
  anonymous: ANONYMOUS_ISSUER,
} as const;

type Role = keyof typeof identities;

type LocalKeys = Readonly<Record<Role, SigningKey>>;

const ROLES = Object.keys(identities) as Role[];
const KEYS_FILE = 'keys.json';

/**
 * Opens the issuers of a data directory. Their private keys are in `keys.json`, readable only by its owner.
 * @param options.create whether to generate missing keys
 * @throws {Error} if the keys are missing or unreadable; the message says what to do
 */
export async function openLocalIssuers(
  dataDir: string,
  options: { create?: boolean } = {},
): Promise<LocalIssuers> {
  const file = join(dataDir, KEYS_FILE);
  const keys = (await readKeys(file)) ?? (options.create ? await createKeys(dataDir, file) : undefined);
  if (!keys)
    throw new Error(
      `${dataDir} contains no keys. Run \`npm start\` once, or set DATA_DIR to the data directory of a server.`,
    );
  return {
    users: localIssuer('users', keys),
    operators: localIssuer('operators', keys),
    anonymous: localIssuer('anonymous', keys),
  };
}

/** Whether a data directory has issuers. */
export function hasLocalIssuers(dataDir: string): boolean {
  return existsSync(join(dataDir, KEYS_FILE));
}

/** The configuration of a local issuer for a verifier. */
export function trustedIssuerOf({ alias, issuer, audience, jwks }: LocalIssuer): IssuerConfig {
  return { alias, issuer, audiences: [audience], keys: { jwks: jwks() } };
}

function localIssuer(role: Role, keys: LocalKeys): LocalIssuer {
  const { alias, issuer, audience } = identities[role];
  const key = keys[role];
  return { alias, issuer, audience, key, ...createTokenIssuer({ issuer, audience, key }) };
}

async function readKeys(file: string): Promise<LocalKeys | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const parsed = parseJsonObject(text);
    const keys = ROLES.map((role) => [role, parseSigningKey(JSON.stringify(parsed[role]))]);
    return Object.fromEntries(keys) as LocalKeys;
  } catch (error) {
    throw new Error(
      `${file} does not contain the keys of a server (${(error as Error).message}). Restore it, or remove it: the next start makes new keys, and tokens that were signed with the old ones are rejected.`,
      { cause: error },
    );
  }
}

async function createKeys(dataDir: string, file: string): Promise<LocalKeys> {
  const keys = Object.fromEntries(ROLES.map((role) => [role, generateSigningKey()])) as LocalKeys;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeSecretFile(file, `${JSON.stringify(keys, null, 2)}\n`);
  return keys;
}
