import { type CommandContext, MAX_CONTEXT_TEXT } from '@admit-one/core';
import { visibleText } from '@admit-one/text';

/** A context as commands and events accept it: headers by `visibleText`, all texts cut. A route is a configured name. */
export function cappedContext(context: CommandContext): CommandContext {
  return context instanceof CappedContext ? context : new CappedContext(context);
}

/** A class, so that a context that passes several layers is capped by the first of them alone. */
class CappedContext implements CommandContext {
  readonly address: string | null;
  readonly origin: string | null;
  readonly agent: string | null;
  readonly route: string | null;
  readonly carrier: CommandContext['carrier'];
  readonly edge: string | null;
  readonly traceparent: string | null;

  constructor({ address, origin, agent, route, carrier, edge, traceparent }: CommandContext) {
    this.address = cut(address);
    this.origin = shown(origin);
    this.agent = shown(agent);
    this.route = cut(route);
    this.carrier = carrier;
    this.edge = cut(edge);
    this.traceparent = cut(traceparent);
  }
}

function cut(text: string | null): string | null {
  return text === null || text.length <= MAX_CONTEXT_TEXT ? text : text.slice(0, MAX_CONTEXT_TEXT);
}

function shown(text: string | null): string | null {
  return text === null ? null : visibleText(text, MAX_CONTEXT_TEXT);
}
