import { commonMembers, type LogEventRow, type LogEventRows, logEventGroups } from '@admit-one/runtime';
import { table } from './table.ts';

/** The page of all log lines, made of their catalogue. */
export function logsPage(): string {
  const sections = logEventGroups.map(({ title, events }) => sectionOf(title, events)).join('\n\n');
  return `# Logs

Every line that the services log, for operators who read logs or build alerts on them. The page is generated from \`libs/runtime/src/log-events\`; a line that isn't in it does not compile.

A line is one JSON object, as Cloud Logging expects: \`severity\`, \`time\` (RFC 3339), \`service\`, \`instance\`, \`message\` (the name below), and the members of the line. On a terminal, standalone writes the same for people. LOG_LEVEL sets the lowest level that is written. Never in a line: a ticket, a token, a cookie, a password of a URL. What clients send is escaped.

${membersTable(commonMembers)}

**An outage is two lines.** A process logs \`dependency_down\` once an engine, or the keys of an issuer, has been away for a second, and \`dependency_up\` when it is back, with the duration and the number of rejected requests. What else fails meanwhile because of it (\`relay_failed\`, \`ingest_failed\`, …) is logged at DEBUG; it gets its own line where it fails for another reason, or still fails afterwards. Rejections are logged as ever.

**CRITICAL** means that a failure of ours rejected or dropped a user. Each kind and reason has its first 20 lines, then one a second; the others are counted, and \`rejections_folded\` has the count each minute. Other rejections are counted above 1,000 from one network, then one a second.

${sections}
`;
}

function sectionOf(title: string, events: LogEventRows): string {
  return `## ${title}\n\n${Object.entries(events).map(eventOf).join('\n\n')}`;
}

function eventOf([name, row]: [string, LogEventRow]): string {
  const { severity, meaning, remedy, members } = row;
  const text = [`**${[severity].flat().join(', ')}** – ${meaning}`, remedy && `To do: ${remedy}`];
  return [`### ${name}`, ...text.filter((part) => part !== undefined), members && membersTable(members)]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function membersTable(members: Readonly<Record<string, string>>): string {
  const rows = Object.entries(members).map(([member, meaning]) => [`\`${member}\``, meaning]);
  return table(['member', 'what it is'], rows);
}
