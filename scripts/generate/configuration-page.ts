import {
  auditServiceVariables,
  standaloneVariables,
  ticketServiceVariables,
  wsEdgeVariables,
} from '@admit-one/config';
import { Type } from 'typebox';
import { table } from './table.ts';

/** What of a variable's schema the table shows. */
interface Variable {
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly writeOnly?: boolean;
}

type Variables = Readonly<Record<string, Variable>>;

const services = [
  ['ticket-service', ticketServiceVariables as Variables],
  ['ws-edge', wsEdgeVariables as Variables],
  ['audit-service', auditServiceVariables as Variables],
] as const;
const processes = [...services, ['standalone', standaloneVariables as Variables]] as const;

/** The page of all variables, made of the schemas. */
export function configurationPage(): string {
  return `# Configuration

Every environment variable of the services, for people who run them. The page is generated from the schemas that validate them. Everything is checked at start, and all problems are reported at once; \`npx @admit-one/cli doctor\` checks the rest of the installation ([command-line.md](command-line.md)). [deploy/env](../deploy/env) has complete examples.

Each section names the services that read its variables. Standalone reads all of them.

${configurationSections()}
`;
}

function configurationSections(): string {
  const rows = new Map<string, string[][]>();
  for (const [name, variable] of Object.entries(standaloneVariables as Variables)) {
    const title = readersOf(name);
    rows.set(title, [...(rows.get(title) ?? []), [`\`${name}\``, defaultOf(name), textOf(variable)]]);
  }
  return [...rows]
    .map(([title, group]) => `## ${title}\n\n${table(['variable', 'default', 'what it is'], group)}`)
    .join('\n\n');
}

function readersOf(name: string): string {
  const readers = services
    .filter(([, variables]) => Object.hasOwn(variables, name))
    .map(([service]) => service);
  if (readers.length === services.length) return 'All services';
  return readers.join(' and ') || 'Standalone only';
}

/** The default of the first process that reads the variable, then those that differ from it. */
function defaultOf(name: string): string {
  const [first, ...others] = processes
    .filter(([, variables]) => Object.hasOwn(variables, name))
    .map(([process, variables]) => [process, written(variables[name] ?? {})] as const);
  const different = others.filter(([, text]) => text !== first?.[1]);
  const texts = different.map(([process, text]) => `; ${process} ${text || '–'}`);
  return (first?.[1] || (different.length > 0 ? '–' : '')) + texts.join('');
}

function written(variable: Variable): string {
  const { default: value } = variable;
  if (value === undefined) return Type.IsOptional(variable) ? '' : 'required';
  return value === '' ? '' : `\`${value}\``;
}

function textOf({ description = '', enum: values, minimum, maximum, writeOnly }: Variable): string {
  const notes: string[] = [];
  if (values) notes.push(`One of ${values.map((value) => `\`${value}\``).join(', ')}.`);
  if (minimum !== undefined && maximum !== undefined) notes.push(`${minimum} to ${maximum}.`);
  if (writeOnly) notes.push('A secret: never shown.');
  return [description, ...notes].join(' ');
}
