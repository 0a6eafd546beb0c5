import type { ControlStore, TicketStore } from '@admit-one/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { actionsAtOnce } from './actions.ts';
import { type Done, isSomeOrderOf, tellsEveryRejection } from './linearize.ts';
import { carryOut, type Operation } from './operations.ts';
import { type Process, processOf, type Subject } from './subjects.ts';
import { beginTrial } from './trial.ts';

/**
 * Whatever is done to a ticket at once, in whichever order the store's answers come: the outcomes and the audit log are
 * those of doing it one after the other, in some order.
 */
export function agreesAtOnce(open: () => Subject) {
  return fc.asyncProperty(actionsAtOnce, fc.scheduler(), async ({ before, atOnce }, scheduler) => {
    const subject = open();
    const { reference, operationOf, auditLog } = beginTrial(subject);
    let moment = 0;
    async function run(operation: Operation, process: Process): Promise<Done> {
      moment += 1;
      const begunAt = moment;
      const result = await carryOut(operation, process);
      moment += 1;
      return { operation, result, begunAt, endedAt: moment };
    }

    const done: Done[] = [];
    for (const action of before) done.push(await run(await operationOf(action), processOf(subject, 0)));
    const operations: Operation[] = [];
    for (const action of atOnce) operations.push(await operationOf(action));
    const running = operations.map(async (operation, n) => {
      const answers = answersOf(scheduler, `${atOnce[n]}`);
      await answers('begin', Promise.resolve());
      const process = processOf(subject, n);
      return run(operation, {
        ...process,
        store: answering(process.store, answers),
        control: answeringControl(process.control, answers),
      });
    });
    done.push(...(await scheduler.waitFor(Promise.all(running))));
    const told = (await auditLog()).A;
    expect(isSomeOrderOf(reference, done, told), account(done)).toBe(true);
    expect(tellsEveryRejection(done, told), account(done)).toBe(true);
  });
}

type Answers = <Answer>(to: string, answer: Promise<Answer>) => Promise<Answer>;

/** Lets answers arrive when the scheduler says so. It is not given what they are: its account would show it. */
function answersOf(scheduler: fc.Scheduler, who: string): Answers {
  return async (to, answer) => {
    await scheduler.schedule(
      answer.then(() => undefined),
      `${who}: ${to}`,
    );
    return answer;
  };
}

function answering(store: TicketStore, answers: Answers): TicketStore {
  return {
    load: (ticketId) => answers('load', store.load(ticketId)),
    append: (append) => answers('append', store.append(append)),
    record: (record) => answers('record', store.record(record)),
    inspect: (ticketId) => answers('inspect', store.inspect(ticketId)),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

function answeringControl(control: ControlStore, answers: Answers): ControlStore {
  return { ...control, change: (...change) => answers('mark', control.change(...change)) };
}

function account(done: readonly Done[]): string {
  const lines = done.map(({ operation, result: { outcome }, begunAt, endedAt }) => {
    const what = operation.kind === 'mark' ? 'mark' : operation.command.type;
    const how = outcome?.kind === 'rejected' ? outcome.reason : 'done';
    return `${begunAt}–${endedAt} ${what}: ${how}`;
  });
  return `there is no order with these outcomes and this audit log:\n${lines.join('\n')}\n`;
}
