import { endpointOf, type LoadTarget } from './endpoint.ts';
import { createTally, createVisitor, type Visitor, type Visits } from './visit.ts';

export interface ClosedLoop {
  /** The visitors are spread over them. */
  readonly endpoints: readonly LoadTarget[];
  /** Used in turn, and again from the first. */
  readonly tokens: readonly string[];
  readonly admissions: number;
  readonly concurrency: number;
}

/** Visits one after another, so many at a time: how much a server can take. */
export async function runClosedLoop({
  endpoints,
  tokens,
  admissions,
  concurrency,
}: ClosedLoop): Promise<Visits> {
  const tally = createTally();
  let begun = 0;

  async function visit({ credential, enter }: Visitor, token: string): Promise<void> {
    try {
      const askedAt = performance.now();
      const secret = await credential(token);
      const enteredAt = performance.now();
      const socket = await enter(secret);
      const openAt = performance.now();
      await socket.close();
      tally.admitted(enteredAt - askedAt, openAt - enteredAt);
    } catch (error) {
      tally.failed(error);
    }
  }

  async function visitInTurn(n: number): Promise<void> {
    const visitor = createVisitor(endpointOf(endpoints, n));
    while (begun < admissions) {
      begun += 1;
      await visit(visitor, tokens[begun % tokens.length] ?? '');
    }
    visitor.leave();
  }

  await Promise.all(Array.from({ length: concurrency }, (_, n) => visitInTurn(n)));
  return tally.sum();
}
