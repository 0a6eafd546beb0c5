import { type CommandContext, MAX_CONTEXT_TEXT } from '@admit-one/core';

/** A context whose texts, which clients choose, are cut to what a command and an event accept. */
export function cappedContext(context: CommandContext): CommandContext {
  const cut = (text: string | null) => text?.slice(0, MAX_CONTEXT_TEXT) ?? null;
  const { address, origin, agent, route, carrier, edge, traceparent } = context;
  return {
    address: cut(address),
    origin: cut(origin),
    agent: cut(agent),
    route: cut(route),
    carrier,
    edge: cut(edge),
    traceparent: cut(traceparent),
  };
}
