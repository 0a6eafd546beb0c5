import { type AuditPage, parsePosition } from '@admit-one/core';
import { invalidQuery, type QueryParameters, singleValue } from './parameters.ts';

export interface PageLimits {
  readonly default: number;
  readonly max: number;
}

/** How many events a page has, and an export. */
export const pageLimits: PageLimits = { default: 100, max: 1_000 };
export const exportLimits: PageLimits = { default: 100_000, max: 100_000 };

const MAX_CURSOR_LENGTH = 4096;

/**
 * Which page a query asks for. After a position (`since`), events come in the order of the stream, as seals are verified.
 * @throws {RejectionError} with what is wrong
 */
export function readPage(parameters: QueryParameters, limits: PageLimits): AuditPage {
  const limit = readInteger(parameters, 'limit', limits);
  const order = singleValue(parameters, 'order') ?? 'asc';
  const cursor = singleValue(parameters, 'cursor', MAX_CURSOR_LENGTH);
  const since = readSince(parameters);
  if (order !== 'asc' && order !== 'desc') throw invalidQuery('order must be asc or desc.');
  if (since === undefined) return { limit, order, cursor };
  if (cursor !== undefined) throw invalidQuery('Give cursor or since, not both.');
  if (parameters.has('order'))
    throw invalidQuery('order must be left out with since: events come in the order of their positions.');
  return { limit, order: 'position', cursor: since, salts: true };
}

/** @throws {RejectionError} where `since` is not a position */
export function readSince(parameters: QueryParameters): string | undefined {
  const since = singleValue(parameters, 'since');
  return since === undefined ? undefined : validPosition('since', since);
}

/** @throws {RejectionError} where the text is not a position */
export function validPosition(name: string, text: string): string {
  if (!parsePosition(text))
    throw invalidQuery(`${name} must be the position of an event, such as 1.48213.0.`);
  return text;
}

function readInteger(parameters: QueryParameters, name: string, limits: PageLimits): number {
  const text = singleValue(parameters, name);
  if (text === undefined) return limits.default;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > limits.max)
    throw invalidQuery(`${name} must be a whole number from 1 to ${limits.max}, such as ${limits.default}.`);
  return value;
}
