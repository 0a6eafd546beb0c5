import { gather } from '@admit-one/sockets';
import { Cluster, Command } from 'ioredis';
import type { RedisClient } from '../client/client.ts';
import { createScriptTexts, type ScriptCall, type ScriptReply } from './script.ts';

/** The most calls in one run of a script: other clients wait for its end. */
const MAX_CALLS = 64;

interface Waiting {
  readonly call: ScriptCall;
  resolve(reply: ScriptReply): void;
  reject(error: unknown): void;
}

/**
 * Runs scripts. The calls of a script that are sent together are one run of it, or one for each partition where
 * partitions are in different slots. Each call has its own outcome; where a run fails or its reply is lost, so do all its
 * calls. Scripts run by their hash; a server that does not know one yet gets its source.
 */
export function createScriptRunner(client: RedisClient): (call: ScriptCall) => Promise<ScriptReply> {
  const textOf = createScriptTexts();
  let waiting: Waiting[] = [];
  let slotsApart = client instanceof Cluster;

  const sendSoon = gather(() => {
    const calls = waiting;
    waiting = [];
    send(calls);
  });

  function send(calls: readonly Waiting[]): void {
    const groups = new Map<string, Waiting[]>();
    for (const one of calls) {
      const { script, partition } = one.call;
      const name = slotsApart ? `${script} ${partition}` : script;
      const group = groups.get(name);
      if (group) group.push(one);
      else groups.set(name, [one]);
    }
    for (const group of groups.values())
      for (let from = 0; from < group.length; from += MAX_CALLS)
        void run(group.slice(from, from + MAX_CALLS));
  }

  async function run(calls: readonly Waiting[]): Promise<void> {
    try {
      const replies = await runScript(calls);
      for (const [n, { resolve, reject }] of calls.entries()) {
        const reply = replies[n] ?? ['error', 'the script did not reply'];
        if (reply[0] === 'error') reject(new Error(reply[1]));
        else resolve(reply);
      }
    } catch (error) {
      if (!slotsApart && isError(error, 'CROSSSLOT')) {
        // A node of a cluster, addressed as a single server. Nothing was run.
        slotsApart = true;
        send(calls);
      } else for (const { reject } of calls) reject(error);
    }
  }

  async function runScript(calls: readonly Waiting[]): Promise<readonly ScriptReply[]> {
    const { source, hash } = textOf((calls[0] as Waiting).call.script);
    try {
      return await sendRun('evalsha', hash, calls);
    } catch (error) {
      if (!isError(error, 'NOSCRIPT')) throw error;
      return await sendRun('eval', source, calls);
    }
  }

  /** The arguments are added one by one: the constructor of a command, as `client.evalsha`, flattens what it gets, which is slow. */
  async function sendRun(
    name: 'evalsha' | 'eval',
    script: string,
    calls: readonly Waiting[],
  ): Promise<readonly ScriptReply[]> {
    const command = new Command(name, [], { replyEncoding: 'utf8' });
    const { args } = command;
    args.push(script, `${calls.reduce((sum, { call }) => sum + call.keys.length, 0)}`);
    for (const { call } of calls) for (const key of call.keys) args.push(key);
    for (const { call } of calls) {
      args.push(`${call.keys.length}`, `${call.args.length}`);
      for (const arg of call.args) args.push(`${arg}`);
    }
    return (await client.sendCommand(command)) as ScriptReply[];
  }

  return (call) =>
    new Promise((resolve, reject) => {
      waiting.push({ call, resolve, reject });
      sendSoon();
    });
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(code);
}
