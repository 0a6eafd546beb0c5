export type {
  AdmitCloseEvent,
  AdmitSocket,
  AdmitSocketEventMap,
  ClientReason,
  ClientState,
  ClientStatus,
  RejectedMessage,
  WebSocketData,
} from './admit-socket.ts';
export { connect } from './connect.ts';
export type { Environment, PageEvent, WebSocketLike } from './environment.ts';
export type {
  ConnectOptions,
  DebugConsole,
  LastFailure,
  TicketContext,
  TicketRequestResult,
  TicketResponse as TicketReply,
  TicketResult,
  TokenContext,
  TokenOptions,
} from './options.ts';
export type { PublicCode } from './public-codes.ts';
export { createTicketProvider, TicketError, type TicketProviderOptions } from './ticket-provider.ts';
export { type AdmitSocketClass, createWebSocketClass } from './web-socket-class.ts';
