import { auditVariables } from '@admit-one/audit-service';
import { type Reason, reasonRow, reasons } from '@admit-one/core';
import { originVariables, processVariables } from '@admit-one/runtime';
import { standaloneVariables } from '@admit-one/standalone';
import { ticketVariables } from '@admit-one/ticket-service';
import { edgeVariables } from '@admit-one/ws-edge';

/** What of a variable's schema the table shows. */
interface Variable {
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly writeOnly?: boolean;
}

const users = [
  ['ticket-service', { ...processVariables, ...originVariables, ...ticketVariables }],
  ['ws-edge', { ...processVariables, ...originVariables, ...edgeVariables }],
  ['audit-service', { ...processVariables, ...originVariables, ...auditVariables }],
] as const;

/** A Markdown table of every variable, made of the schemas. */
export function configurationTable(): string {
  const rows = Object.entries(standaloneVariables as Record<string, Variable>).map(([name, variable]) => {
    const services = users
      .filter(([, variables]) => Object.hasOwn(variables, name))
      .map(([service]) => service);
    const readBy = services.length === users.length ? 'all' : services.join(', ') || 'standalone';
    return [`\`${name}\``, readBy, defaultOf(name, variable), textOf(variable)];
  });
  return table(['variable', 'read by', 'default', 'what it is'], rows);
}

function defaultOf(name: string, variable: Variable): string {
  const standalone = written(variable.default);
  const own = users
    .map(([, variables]) => (variables as Record<string, Variable>)[name])
    .find((found) => found !== undefined && written(found.default) !== standalone);
  return own ? `${written(own.default) || '–'}; standalone ${standalone}` : standalone;
}

function written(value: unknown): string {
  return value === undefined || value === '' ? '' : `\`${value}\``;
}

function textOf({ description = '', enum: values, minimum, maximum, writeOnly }: Variable): string {
  const notes: string[] = [];
  if (values) notes.push(`One of ${values.map((value) => `\`${value}\``).join(', ')}.`);
  if (minimum !== undefined && maximum !== undefined) notes.push(`${minimum} to ${maximum}.`);
  if (writeOnly) notes.push('A secret: never shown.');
  return [description, ...notes].join(' ');
}

/** The page of all reasons, made of the reasons table. */
export function reasonsPage(): string {
  const names = Object.keys(reasons) as Reason[];
  const overview = table(
    ['reason', 'public code', 'HTTP', 'close', 'client', 'fault', 'severity'],
    names.map((name) => {
      const { code, http, close, client, fault, severity } = reasonRow(name);
      return [`[\`${name}\`](#${name})`, code, http ?? '–', close ?? '–', client, fault, severity].map(
        String,
      );
    }),
  );
  const meanings = names.map((name) => `### ${name}\n\n${reasonRow(name).meaning}`).join('\n\n');
  return `# Reasons

Every refusal has a reason, from one table: \`libs/core/src/reasons.ts\`. The public code is all that the refused client is told;
the reason is in the trail, the logs and the metrics. Close codes 1008 and 4500 to 4999 mean stop: no automatic
retry until the application resumes. 1012, 1013 and 4000 to 4499 mean retry. A dash: the refusal never takes that form. Only faults of the
infrastructure spend the error budget.

${overview}

## What each means

${meanings}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
