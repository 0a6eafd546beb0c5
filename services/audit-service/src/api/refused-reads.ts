import { type Reporter, reasonRow } from '@admit-one/core';
import type { FastifyRequest } from 'fastify';

/** Leaves a trace of an answered request that the infrastructure refused: whoever looked into an outage could not. */
export type NoteRefusedRead = (request: FastifyRequest) => void;

export interface RefusedReadsOptions {
  readonly reporter: Reporter;
  readonly instance: string;
}

/** Makes the trace: an event in the trail for each. */
export function createNoteRefusedRead({ reporter, instance }: RefusedReadsOptions): NoteRefusedRead {
  return ({ rejectedBecause: reason, trace, operator, clientAddress }) => {
    if (reason === undefined || reasonRow(reason).fault !== 'infrastructure') return;
    const { traceparent } = trace;
    const data = { reason, operator: operator?.subject ?? null, address: clientAddress, count: 1 };
    reporter.report({ type: 'admit.audit.accessed', subject: instance, traceparent, data });
  };
}
