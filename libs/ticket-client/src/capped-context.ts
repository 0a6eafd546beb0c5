import { type CommandContext, MAX_CONTEXT_TEXT } from '@admit-one/core';
import { visibleText } from '@admit-one/text';

/** A context as commands and events accept it: headers by `visibleText`, all texts cut. A route is a configured name. */
export function cappedContext(context: CommandContext): CommandContext {
  const cut = (text: string | null) => text?.slice(0, MAX_CONTEXT_TEXT) ?? null;
  const shown = (text: string | null) => (text === null ? null : visibleText(text, MAX_CONTEXT_TEXT));
  const { address, origin, agent, route, carrier, edge, traceparent } = context;
  return {
    address: cut(address),
    origin: shown(origin),
    agent: shown(agent),
    route: cut(route),
    carrier,
    edge: cut(edge),
    traceparent: cut(traceparent),
  };
}
