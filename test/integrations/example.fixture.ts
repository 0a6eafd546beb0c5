import { type NatsEngine, startNats } from '@admit-one/testkit';
import { startEmbedded } from '../stack/embedded.ts';
import { type Program, runProgram } from '../stack/program.ts';
import type { Stack, Variables } from '../stack/stack.ts';

export type ExampleName = 'ws' | 'fastify-websocket' | 'socket.io' | 'graphql-ws' | 'multi-pass';

/** A server of `examples/`, as built, in its own process. */
export interface Example {
  /** `ws://…` or `http://…`, as it says itself. */
  readonly url: string;
  readonly program: Program;
  /** `SIGTERM`. Resolves with the exit code. */
  stop(): Promise<number | NodeJS.Signals>;
}

/** Runs an example on a NATS server, and resolves when it listens. */
export async function startExample(
  name: ExampleName,
  nats: Pick<NatsEngine, 'url'>,
  variables: Variables = {},
): Promise<Example> {
  const program = runProgram(`examples/${name}/dist/main.js`, [], {
    NATS_URL: nats.url,
    PORT: '0',
    ...variables,
  });
  const [, url = ''] = await program.printed(/Listening on (\S+)/);
  return {
    url,
    program,
    stop() {
      program.process.kill('SIGTERM');
      return program.ended;
    },
  };
}

/** Admit One beside an example: on its own NATS server, as the READMEs of the examples say. */
export interface ExampleStack {
  readonly stack: Stack;
  readonly nats: NatsEngine;
  stop(): Promise<void>;
}

export async function startExampleStack(): Promise<ExampleStack> {
  const nats = await startNats();
  const stack = await startEmbedded({ NATS_URL: nats.url });
  return {
    stack,
    nats,
    async stop() {
      await stack.stop();
      await nats.stop();
    },
  };
}

/** Everything of a ticket that was asked for, held and used by one handshake. */
export const ADMITTED = ['admit.ticket.issued', 'admit.ticket.reserved', 'admit.ticket.consumed'] as const;

/** A ticket that one handshake gave back, and another one used. */
export const ADMITTED_AGAIN = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.released',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
] as const;
