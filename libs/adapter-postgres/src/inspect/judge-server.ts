import type { Finding } from '@admit-one/core';
import type { ServerFacts } from './server-facts.ts';

const OLDEST_VERSION = 15;
const CLOCK_TOLERANCE_MS = 1_000;

/** What is to be said of a server that holds the audit log, with so many connections from each process. */
export function judgeServer(facts: ServerFacts, poolSize: number): readonly Finding[] {
  return [
    judgeVersion(facts),
    judgeEncoding(facts),
    ...judgeDurability(facts),
    judgeConnections(facts, poolSize),
    judgeClock(facts),
  ];
}

function judgeVersion({ version, majorVersion }: ServerFacts): Finding {
  const what = `PostgreSQL ${version} answers`;
  if (majorVersion >= OLDEST_VERSION) return { level: 'ok', what };
  return { level: 'fault', what, remedy: `Upgrade it to version ${OLDEST_VERSION} or later.` };
}

function judgeEncoding({ encoding }: ServerFacts): Finding {
  const what = `PostgreSQL: the database's encoding is ${encoding}`;
  if (encoding === 'UTF8') return { level: 'ok', what };
  return {
    level: 'fault',
    what: `${what}, which cannot hold every event`,
    remedy: "Create the database anew, with ENCODING 'UTF8' TEMPLATE template0.",
  };
}

function judgeDurability({ fsync, fullPageWrites, synchronousCommit }: ServerFacts): readonly Finding[] {
  const findings: Finding[] = [];
  if (fsync === 'off')
    findings.push({
      level: 'fault',
      what: 'PostgreSQL: fsync is off: a crash of its machine may lose events or the whole database',
      remedy: 'Set fsync = on.',
    });
  if (fullPageWrites === 'off')
    findings.push({
      level: 'warning',
      what: 'PostgreSQL: full_page_writes is off: a crash may corrupt the database',
      remedy: 'Set full_page_writes = on, unless its file system never leaves a page half written.',
    });
  if (synchronousCommit === 'off')
    findings.push({
      level: 'warning',
      what: 'PostgreSQL: synchronous_commit is off: a crash may lose events that were acknowledged',
      remedy: 'Set synchronous_commit = on, for this database or this role at least.',
    });
  if (findings.length > 0) return findings;
  return [{ level: 'ok', what: 'PostgreSQL: what is committed is on disk' }];
}

function judgeConnections({ connectionLimit, connectionsInUse }: ServerFacts, poolSize: number): Finding {
  const what = `PostgreSQL: ${connectionsInUse} of ${connectionLimit} connections are in use, and each process may take ${poolSize}`;
  const remedy = 'Raise max_connections, or have fewer connections per process.';
  if (poolSize > connectionLimit) return { level: 'fault', what, remedy };
  if (poolSize > connectionLimit - connectionsInUse) return { level: 'warning', what, remedy };
  return { level: 'ok', what };
}

function judgeClock({ clockAheadMs }: ServerFacts): Finding {
  const seconds = (Math.abs(clockAheadMs) / 1000).toFixed(1);
  if (Math.abs(clockAheadMs) <= CLOCK_TOLERANCE_MS)
    return { level: 'ok', what: `PostgreSQL: its clock and this machine's differ by ${seconds} s` };
  return {
    level: 'warning',
    what: `PostgreSQL: its clock is ${seconds} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} this machine's`,
    remedy: 'Synchronise both clocks (NTP).',
  };
}
