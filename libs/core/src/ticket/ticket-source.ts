import { randomFillSync } from 'node:crypto';

const TICKET_BYTES = 16;
const STOCK_BYTES = 256 * TICKET_BYTES;

/**
 * Makes tickets as `newTicket` does, from random bytes that are drawn for 256 of them at once: a call to the CSPRNG costs
 * as much as the rest of making one. The bytes of a ticket are wiped as it is made.
 */
export function createTicketSource(): () => string {
  const stock = Buffer.alloc(STOCK_BYTES);
  let next = STOCK_BYTES;
  return () => {
    if (next === STOCK_BYTES) {
      randomFillSync(stock);
      next = 0;
    }
    const ticket = stock.toString('hex', next, next + TICKET_BYTES);
    stock.fill(0, next, next + TICKET_BYTES);
    next += TICKET_BYTES;
    return ticket;
  };
}
