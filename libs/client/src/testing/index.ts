export type { TestConnection } from './test-connection.ts';
export {
  createTestServer,
  type ReceivedTicketRequest,
  type RejectOptions,
  type TestServer,
} from './test-server.ts';
