export type { TicketRequestResult } from '../options.ts';
export { type CompatOptions, connect } from './connect.ts';
