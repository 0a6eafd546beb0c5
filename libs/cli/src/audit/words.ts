import { proofOf, ticketIdOf, ticketIn } from '@admit-one/core';
import { CommandError, exitCodes } from '../command-error.ts';
import type { Parameters } from './api/audit-api.ts';

/** A parameter of the API by its name; `!` at the end excludes the value. */
const PARAMETER = /^((?:attribute\.[^=]+|[A-Za-z]+)!?)=(.*)$/s;
const TOKEN = /eyJ[\w-]+\.[\w-]+\./;

/**
 * The search words of a command line as parameters of the API: `name=value`, `name!=value`, and one bare word, which is
 * `q=`. A ticket becomes its id, so that no ticket leaves this machine.
 * @throws {CommandError} where there are two bare words, or a word has a token
 */
export function parametersOf(words: readonly string[]): Parameters {
  const parameters = words.map(parameterOf);
  const bare = parameters.filter(([name]) => name === 'q');
  if (bare.length > 1)
    throw new CommandError(
      `There are several words without a name: ${bare.map(([, value]) => value).join(', ')}. Name them, like user=alice route=chat.`,
      exitCodes.usage,
    );
  return parameters;
}

/** Whether a word has a ticket in it, which is sent as its id. */
export function hasTicket(word: string): boolean {
  return ticketIn(word) !== undefined;
}

/** The id of the ticket in a text, or the text itself. */
export function withoutTicket(text: string): string {
  const ticket = ticketIn(text);
  return ticket === undefined ? text : ticketIdOf(proofOf(ticket));
}

function parameterOf(word: string): readonly [string, string] {
  if (TOKEN.test(word))
    throw new CommandError(
      'A word is a token (JWT). The audit log has no tokens: search for its user or session.',
      exitCodes.usage,
    );
  const [, name, value] = PARAMETER.exec(word) ?? [];
  if (name === undefined || value === undefined) return ['q', withoutTicket(word.trim())];
  return [name, /^(?:ticket|q)!?$/.test(name) ? withoutTicket(value) : value];
}
