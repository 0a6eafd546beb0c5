export type { TestConnection } from './test-connection.ts';
export {
  createTestServer,
  type ReceivedTicketRequest as TicketRequest,
  type RejectOptions as RefuseOptions,
  type TestServer,
} from './test-server.ts';
