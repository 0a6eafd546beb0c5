import { createHash } from 'node:crypto';
import type { DeadLetter } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { storable } from './values.ts';

const INSERT = `
  INSERT INTO dead_letter (digest, subject, issue, body) VALUES ($1, $2, $3, $4)
  ON CONFLICT (digest) DO NOTHING`;

/** Stores each message once, however often it is delivered. */
export async function keepDeadLetters(sql: Sql, messages: readonly DeadLetter[]): Promise<void> {
  for (const { subject, issue, body } of messages) {
    const digest = createHash('sha256').update(subject).update('\0').update(body).digest();
    await sql.query(INSERT, [digest, storable(subject), storable(issue), body]);
  }
}
