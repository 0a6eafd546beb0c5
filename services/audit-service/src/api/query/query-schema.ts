import type { FilterFact } from '@admit-one/core';
import { type TSchema, Type } from 'typebox';
import { eventShapes } from '../formats/export-formats.ts';
import { factParameters } from './fact-parameters.ts';
import { exportLimits, pageLimits } from './read-page.ts';
import { summaryDimensions } from './read-summary.ts';

/** The parameters of a query, for the OpenAPI document. What a query may be is decided where it is read. */
export function querySchema(parameters: Readonly<Record<string, TSchema>>) {
  return Type.Object(
    Object.fromEntries(Object.entries(parameters).map(([name, schema]) => [name, Type.Optional(schema)])),
  );
}

const Text = (description: string, example: string) => Type.String({ description, examples: [example] });
const relative = 'RFC 3339, or before now: `-2h` (s, m, h, d, w), `now`.';

function factSchema(fact: FilterFact): TSchema {
  const { description, values } = factParameters[fact];
  const value = values ? Type.Enum([...values]) : Type.String();
  return Type.Array(value, { description, examples: [[factParameters[fact].example]] });
}

/** A fact can be given several times, and negated. */
function factSchemas(): Readonly<Record<string, TSchema>> {
  const facts = Object.keys(factParameters) as readonly FilterFact[];
  return Object.fromEntries(
    facts.flatMap((fact) => [
      [fact, factSchema(fact)],
      [`${fact}!`, Type.Array(Type.String(), { description: `The events that \`${fact}\` does not find.` })],
    ]),
  );
}

const rangeParameters = {
  from: Text(`The earliest time, inclusive. ${relative}`, '-2h'),
  to: Text(`The latest time, exclusive. ${relative}`, '2026-01-31T12:00:00Z'),
};

const filterParameters = {
  ...factSchemas(),
  'attribute.<name>': Type.Array(Type.String(), {
    description: 'The value of an attribute of the principal; `attribute.<name>!` negates.',
  }),
  q: Text(
    'What was found in a log or a message: a ticket, a ticket id or its beginning, a session, user, connection, address, prefix, trace id or traceparent.',
    'u7lqBqkCwD',
  ),
  ...rangeParameters,
};

const since = Text('A position: the events behind it, in the order of the stream.', '1.48213.0');

const format = Type.Enum([...eventShapes], {
  default: 'cloudevents',
  description: 'How events are shown: as they were published, or as events of OCSF.',
});

export const eventsParameters = {
  ...filterParameters,
  order: Type.Enum(['asc', 'desc'], { default: 'asc', description: 'Oldest or newest first.' }),
  limit: Type.Integer({
    minimum: 1,
    maximum: exportLimits.max,
    description: `The size of a page: up to ${pageLimits.max}, ${pageLimits.default} by default. Of an export: up to ${exportLimits.max}, which is its default.`,
  }),
  cursor: Text('`next` of the page before.', 'WzE3'),
  since,
  format,
};

export const streamParameters = { ...filterParameters, since, format };

const countedParameters = {
  type: factSchema('type'),
  reason: factSchema('reason'),
  ...rangeParameters,
};

export const summaryParameters = {
  by: Type.Array(Type.String(), {
    description: `What to count by: type, reason, and one of ${summaryDimensions.join(', ')} and attribute.<name>. By default type and reason.`,
    examples: [['reason,route']],
  }),
  interval: Text('Whole minutes, hours or days; 1m by default.', '15m'),
  ...countedParameters,
};

export const explainParameters = countedParameters;

export const cohortParameters = rangeParameters;
