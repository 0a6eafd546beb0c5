export type { TestConnection } from './test-connection.ts';
export { createTestServer, type RefuseOptions, type TestServer, type TicketRequest } from './test-server.ts';
