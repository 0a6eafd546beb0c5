import type { Diagnostic } from '@admit-one/core';
import type { ServerFacts } from './server-facts.ts';

const OLDEST_VERSION = 15;
const CLOCK_TOLERANCE_MS = 1_000;

/** What is to be said of a server that holds the audit log, with so many connections from each process. */
export function judgeServer(facts: ServerFacts, poolSize: number): readonly Diagnostic[] {
  return [
    judgeVersion(facts),
    judgeEncoding(facts),
    ...judgeDurability(facts),
    judgeConnections(facts, poolSize),
    judgeClock(facts),
  ];
}

function judgeVersion({ version, majorVersion }: ServerFacts): Diagnostic {
  const message = `PostgreSQL ${version} answers`;
  if (majorVersion >= OLDEST_VERSION) return { level: 'ok', message };
  return { level: 'error', message, remedy: `Upgrade it to version ${OLDEST_VERSION} or later.` };
}

function judgeEncoding({ encoding }: ServerFacts): Diagnostic {
  const message = `PostgreSQL: the database's encoding is ${encoding}`;
  if (encoding === 'UTF8') return { level: 'ok', message };
  return {
    level: 'error',
    message: `${message}, which cannot hold every event`,
    remedy: "Create the database again, with ENCODING 'UTF8' TEMPLATE template0.",
  };
}

function judgeDurability({ fsync, fullPageWrites, synchronousCommit }: ServerFacts): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (fsync === 'off')
    diagnostics.push({
      level: 'error',
      message: 'PostgreSQL: fsync is off: a crash of its machine may lose events or the whole database',
      remedy: 'Set fsync = on.',
    });
  if (fullPageWrites === 'off')
    diagnostics.push({
      level: 'warning',
      message: 'PostgreSQL: full_page_writes is off: a crash may corrupt the database',
      remedy: 'Set full_page_writes = on, unless the file system writes pages atomically.',
    });
  if (synchronousCommit === 'off')
    diagnostics.push({
      level: 'warning',
      message: 'PostgreSQL: synchronous_commit is off: a crash may lose events that were acknowledged',
      remedy: 'Set synchronous_commit = on, at least for this database or role.',
    });
  if (diagnostics.length > 0) return diagnostics;
  return [{ level: 'ok', message: 'PostgreSQL: what is committed is on disk' }];
}

function judgeConnections({ connectionLimit, connectionsInUse }: ServerFacts, poolSize: number): Diagnostic {
  const message = `PostgreSQL: ${connectionsInUse} of ${connectionLimit} connections are in use, and each process may take ${poolSize}`;
  const remedy = 'Raise max_connections, or lower DATABASE_CONNECTIONS.';
  if (poolSize > connectionLimit) return { level: 'error', message, remedy };
  if (poolSize > connectionLimit - connectionsInUse) return { level: 'warning', message, remedy };
  return { level: 'ok', message };
}

function judgeClock({ clockAheadMs }: ServerFacts): Diagnostic {
  const seconds = (Math.abs(clockAheadMs) / 1000).toFixed(1);
  if (Math.abs(clockAheadMs) <= CLOCK_TOLERANCE_MS)
    return { level: 'ok', message: `PostgreSQL: its clock and this machine's differ by ${seconds} s` };
  return {
    level: 'warning',
    message: `PostgreSQL: its clock is ${seconds} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} this machine's`,
    remedy: 'Synchronize both clocks (NTP).',
  };
}
