import { type Reason, reasonRow, reasons } from '@admit-one/core';
import { table } from './table.ts';

/** The page of all reasons, made of the reasons table. */
export function reasonsPage(): string {
  const names = Object.keys(reasons) as Reason[];
  const overview = table(
    ['reason', 'public code', 'HTTP', 'Retry-After', 'close', 'client', 'fault', 'severity'],
    names.map((name) => {
      const { code, http, retryAfterSeconds, close, client, fault, severity } = reasonRow(name);
      const link = `[\`${name}\`](#${name})`;
      const retryAfter = retryAfterSeconds === null ? '–' : `${retryAfterSeconds} s`;
      return [link, code, http ?? '–', retryAfter, close ?? '–', client, fault, severity].map(String);
    }),
  );
  const meanings = names
    .map((name) => `### ${name}\n\n${reasonRow(name).meaning}\n\nTo do: ${reasonRow(name).remedy}`)
    .join('\n\n');
  return `# Reasons

Every reason why a request, an upgrade or a ticket is rejected, or a connection closed. For people who handle rejections in a client, and for operators who look one up.

The table is generated from \`libs/core/src/reasons.ts\`, the only list of reasons. The public code is all that the rejected client is told; the exact reason is in the audit log, the logs and the metrics. A client acts on the close code: 1008 and 4500 to 4999 mean stop, until the application resumes; 1012, 1013 and 4000 to 4499 mean retry. A dash means that the rejection never takes that form. Only rejections whose fault is \`infrastructure\` spend the error budget.

${overview}

## What each means, and what to do

${meanings}
`;
}
