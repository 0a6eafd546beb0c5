import type { AuditLog } from '@admit-one/core';
import { afterAll, beforeAll, describe } from 'vitest';
import { acknowledgementTests } from './audit-log/acknowledgements.ts';
import { alertTests } from './audit-log/alerts.ts';
import { appendTests } from './audit-log/append.ts';
import { closeTests } from './audit-log/close.ts';
import { endTests } from './audit-log/ends.ts';
import { filterTests } from './audit-log/filters.ts';
import { hostileValueTests } from './audit-log/hostile-values.ts';
import { lostConnectionTests } from './audit-log/lost-connections.ts';
import { pagingTests } from './audit-log/paging.ts';
import { positionTests } from './audit-log/positions.ts';
import { sealTests } from './audit-log/seals.ts';
import { sequenceTests } from './audit-log/sequences.ts';
import { totalTests } from './audit-log/totals.ts';
import { closedAfterTest, describeContract, type Skips } from './contract.ts';

export interface AuditLogContractOptions {
  /** Opens an audit log that nobody else writes to meanwhile; it may hold events from before. */
  readonly open: () => Promise<AuditLog>;
  readonly skips?: Skips;
}

/**
 * What every audit log promises. The facts that filters look for are found in an event as follows: `ticket` is the
 * subject of `admit.ticket.*`; `session` and `user` are in `data.principal`; `connection` is `data.connection`, or the
 * subject of `admit.connection.*`; `reason` is `data.reason`.
 */
export function auditLogContract(name: string, { open, skips }: AuditLogContractOptions): void {
  describe(`the audit log of ${name}`, () => {
    let shared: AuditLog;
    beforeAll(async () => {
      shared = await open();
    });
    afterAll(() => shared?.close());

    describeContract({
      title: 'keeps its contract',
      chapters: {
        append: appendTests,
        filters: filterTests,
        'hostile values': hostileValueTests,
        paging: pagingTests,
        sequences: sequenceTests,
        'the ends of sequences': endTests,
        'lost connections': lostConnectionTests,
        positions: positionTests,
        acknowledgements: acknowledgementTests,
        alerts: alertTests,
        seals: sealTests,
        totals: totalTests,
        close: closeTests,
      },
      skips,
      subject: () => ({ log: shared, openAnother: closedAfterTest(open, (log) => log.close()) }),
    });
  });
}
