import { maintainStream } from '@admit-one/adapter-nats';
import {
  openPostgres,
  PSEUDONYMS,
  type RebuildReport,
  rebuildAuditLog as rebuild,
} from '@admit-one/adapter-postgres';
import {
  ConfigError,
  type EnvironmentVariables,
  engineIssues,
  natsConnectionOf,
  natsVariables,
  postgresVariables,
  readVariables,
} from '@admit-one/config';
import { Type } from 'typebox';
import { withoutSecrets } from './report.ts';

export type { RebuildReport } from '@admit-one/adapter-postgres';

export interface RebuildAuditLogOptions {
  /** Whether events that the stream does not have any more are taken over from the present tables, unchecked. */
  readonly keepOlder: boolean;
  /** Called with a line about what was done. */
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Copying and comparing millions of events takes long. */
const STATEMENT_TIMEOUT_MS = 24 * 3_600_000;

/**
 * Builds the tables of the audit log again; see `rebuildAuditLog` of the PostgreSQL adapter.
 * @throws {Error} with a message for the operator, without credentials; the signal's reason
 */
export async function rebuildAuditLog(
  environment: EnvironmentVariables,
  options: RebuildAuditLogOptions,
): Promise<RebuildReport> {
  if (environment.AUDIT_PSEUDONYMIZE) throw new Error(PSEUDONYMS);
  try {
    const schema = Type.Object({ ...natsVariables, ...postgresVariables });
    const variables = readVariables(schema, environment, engineIssues);
    const name = 'admit-audit-rebuild';
    const nats = { url: variables.NATS_URL, name, ...natsConnectionOf(variables) };
    const open = (schema?: string) =>
      openPostgres({
        url: variables.DATABASE_URL,
        applicationName: name,
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
        ...(schema === undefined ? {} : { schema }),
        onError: () => {},
      });
    // What fails in it is not an error of NATS.
    const [outcome] = await maintainStream(nats, (stream) =>
      Promise.allSettled([rebuild({ ...options, stream, open })]),
    );
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  } catch (error) {
    if (error instanceof ConfigError || options.signal.aborted) throw error;
    throw new Error(withoutSecrets(error instanceof Error ? error.message : String(error)), { cause: error });
  }
}
