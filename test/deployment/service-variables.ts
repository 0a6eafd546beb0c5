import {
  readAuditServiceVariables,
  readTicketServiceVariables,
  readWsEdgeVariables,
} from '@admit-one/config';
import { createKeyFiles } from '../../libs/cli/src/keys/key-files.ts';

/** How each service reads its environment. They throw where it would not start. */
export const readers = {
  'ticket-service': readTicketServiceVariables,
  'ws-edge': readWsEdgeVariables,
  'audit-service': readAuditServiceVariables,
} as const;

/** What `admit keys` makes for engines at their usual ports. */
export function keyFilesFor(redis: string) {
  const tls = false;
  return createKeyFiles({ nats: 'nats:4222', redis: `${redis}:6379`, postgres: 'postgres:5432', tls });
}
