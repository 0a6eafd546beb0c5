import type { AuditFilter, FilterFact } from '@admit-one/core';
import { factColumns, prefixOf } from './columns.ts';
import {
  isOneOf,
  isTraceId,
  isWholeTicket,
  type Network,
  networkOf,
  oneOfConditions,
  ticketCondition,
} from './conditions.ts';
import { type ConditionOf, Parameters } from './parameters.ts';
import type { Search } from './scan.ts';
import { indexable } from './values.ts';

/** A part of the log that an index finds, and that every match lies in. */
export interface IndexedPart {
  readonly condition: ConditionOf;
  /** Whether the index has it in the order of time. */
  readonly isOrdered: boolean;
  /** How its events are counted. */
  readonly lookups: readonly Lookup[];
}

/** SQL with a row for each event of a part that an index finds, `most` at most. */
type Lookup = (parameters: Parameters, within: string, most: string) => string;

/** The facts with an index, those that few events share first. */
const indexedFacts = [
  'ticket',
  'connection',
  'trace',
  'session',
  'user',
  'address',
] as const satisfies readonly FilterFact[];

type IndexedFact = (typeof indexedFacts)[number];

/** Null where the filter asks for no fact that has an index. */
export function indexedPartOf({ facts = {}, anyOf }: AuditFilter): IndexedPart | null {
  for (const fact of indexedFacts) {
    const values = facts[fact]?.include;
    if (values) return partOf(fact, values);
  }
  if (!anyOf) return null;
  const lookups = anyOf.flatMap(({ fact, value }) => (isIndexed(fact) ? [lookupsOf(fact, [value])] : []));
  if (lookups.length < anyOf.length) return null;
  return {
    condition: (parameters) => oneOfConditions(anyOf, parameters),
    isOrdered: false,
    lookups: lookups.flat(),
  };
}

function isIndexed(fact: FilterFact): fact is IndexedFact {
  return (indexedFacts as readonly FilterFact[]).includes(fact);
}

function partOf(fact: IndexedFact, values: readonly string[]): IndexedPart {
  const lookups = lookupsOf(fact, values);
  const [value = ''] = values;
  const network = fact === 'address' && values.length === 1 ? networkOf(value) : null;
  if (network?.isIndexed)
    return {
      condition: (parameters) => `prefix = ${prefixOf(parameters.add(network.text, 'inet'))}`,
      isOrdered: true,
      lookups,
    };
  return {
    condition: (parameters) => isOneOf(fact, values, parameters),
    isOrdered: (fact === 'session' || fact === 'user') && values.length === 1,
    lookups,
  };
}

function lookupsOf(fact: IndexedFact, values: readonly string[]): readonly Lookup[] {
  switch (fact) {
    case 'ticket':
      return [
        ...equalTo('ticket', values.filter(isWholeTicket)),
        ...values
          .filter((value) => !isWholeTicket(value))
          .map((value) => rangeOf('ticket', (parameters) => ticketCondition(value, parameters))),
      ];
    case 'trace':
      return equalTo('trace', values.filter(isTraceId), { type: 'uuid' });
    case 'address': {
      const networks = values.flatMap((value) => networkOf(value) ?? []);
      const narrow = networks.filter((network) => network.isIndexed).map(({ text }) => text);
      return [
        ...equalTo('prefix', narrow, { type: 'inet', wanted: prefixOf('wanted.value') }),
        ...networks
          .filter((network) => !network.isIndexed)
          .map((network) => rangeOf('prefix', (parameters) => prefixesWithin(network, parameters))),
      ];
    }
    default:
      return equalTo(factColumns[fact], values.map(indexable));
  }
}

function prefixesWithin({ text }: Network, parameters: Parameters): string {
  const network = parameters.add(text, 'inet');
  return `prefix >= network(${network}) AND prefix <= host(broadcast(${network}))::inet`;
}

function equalTo(
  column: string,
  values: readonly string[],
  { type = 'text', wanted = 'wanted.value' } = {},
): readonly Lookup[] {
  if (values.length === 0) return [];
  return [
    (parameters, within, most) => `
      SELECT 1 FROM unnest(${parameters.add(values, 'text[]')}::${type}[]) AS wanted (value)
      CROSS JOIN LATERAL (SELECT FROM event WHERE ${column} = ${wanted} AND ${within} LIMIT ${most}) AS found
      LIMIT ${most}`,
  ];
}

/** In order, so that an index is read only so far: a bitmap would be made of all that it finds. */
function rangeOf(column: string, condition: ConditionOf): Lookup {
  return (parameters, within, most) =>
    `SELECT 1 FROM event WHERE ${condition(parameters)} AND ${within} ORDER BY ${column} LIMIT ${most}`;
}

/** Events that an index finds lie on as many pages; of those that follow each other in time, some lie on one. */
const SCATTERED = 3;

/** How many events that an index finds may be looked at. */
export function indexBudget({ budget }: Search): number {
  return Math.ceil(budget / SCATTERED);
}

/** Whether the part has more events than may be looked at by its index. */
export async function exceedsBudget(
  search: Search,
  { lookups }: IndexedPart,
  within: ConditionOf = () => 'true',
): Promise<boolean> {
  if (lookups.length === 0) return false;
  const budget = indexBudget(search);
  const parameters = new Parameters();
  const most = parameters.add(budget + 1, 'integer');
  const counts = lookups.map((lookup) => `(${lookup(parameters, within(parameters), most)})`);
  const [row] = await search.sql.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM (
       SELECT FROM (${counts.join(' UNION ALL ')}) AS found LIMIT ${most}
     ) AS part`,
    parameters.values,
  );
  return (row?.count ?? 0) > budget;
}
