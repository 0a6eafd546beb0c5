import type { LoadTarget } from './endpoint.ts';
import type { OpenSocket } from './upgrade.ts';
import { createVisitor } from './visit.ts';

export interface Gathering {
  readonly endpoint: LoadTarget;
  readonly tokens: readonly string[];
  readonly connections: number;
}

/** Connections that are held and say nothing. */
export interface OpenConnections {
  /** Opens them. @throws {Error} at the first that is rejected */
  gather(gathering: Gathering): Promise<void>;
  /** How many are still open. */
  count(): number;
  disperse(): Promise<void>;
}

const AT_ONCE = 16;

/** Makes an empty set of open connections. */
export function createOpenConnections(): OpenConnections {
  let sockets: OpenSocket[] = [];
  return {
    async gather({ endpoint, tokens, connections }) {
      let begun = 0;
      async function enterInTurn(): Promise<void> {
        const visitor = createVisitor(endpoint);
        while (begun < connections) {
          begun += 1;
          sockets.push(await visitor.enter(await visitor.credential(tokens[begun % tokens.length] ?? '')));
        }
        visitor.leave();
      }
      await Promise.all(Array.from({ length: AT_ONCE }, enterInTurn));
    },
    count: () => sockets.filter(({ isOpen }) => isOpen).length,
    async disperse() {
      await Promise.all(sockets.map((socket) => socket.close()));
      sockets = [];
    },
  };
}
