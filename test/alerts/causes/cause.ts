import { openPostgres } from '@admit-one/adapter-postgres';
import type { SigningKey } from '@admit-one/identity';
import type { AlertName } from '@admit-one/observability';
import type { FaultProxy } from '@admit-one/testkit';
import type { ServicesStack } from '../../stack/services.ts';

/** Where causes are injected. Its second edge has a link of its own to NATS. */
export interface Scene {
  readonly stack: ServicesStack;
  readonly edgeLink: FaultProxy;
  /** Signs the break-glass tokens that the audit-service accepts. */
  readonly breakGlassKey: SigningKey;
  /** The visits that go on all the time. */
  readonly traffic: { pause(): Promise<void>; resume(): void };
}

/** Something that goes wrong, and the alerts that are there for it. */
export interface Cause {
  readonly injects: string;
  readonly fires: readonly AlertName[];
  /** What it makes fire when it has ended. */
  readonly firesAfter?: readonly AlertName[];
  /** What it may make fire too: it is part of the same trouble. */
  readonly mayFire?: readonly AlertName[];
  /** Injects it. It goes on until it is ended with what this resolves with. */
  begin(scene: Scene): Promise<() => Promise<void>>;
}

/** For what is over at once. */
export const nothing = async (): Promise<void> => {};

/**
 * Lets the minutes pass that the gauges of the largest sources count: they are minutes in every test. While the database is
 * down, none pass.
 */
export async function letMinutesPass(scene: Scene): Promise<void> {
  await runSql(scene, "DELETE FROM rollup WHERE dimension IN ('prefix', 'blocked')").catch(() => {});
}

/** Runs SQL on the audit log's database. */
export async function runSql({ stack }: Scene, text: string): Promise<void> {
  const url = stack.variables['audit-service'].DATABASE_URL ?? '';
  const sql = openPostgres({ url, applicationName: 'test', onError: () => {} });
  try {
    await sql.query(text);
  } finally {
    await sql.close();
  }
}
