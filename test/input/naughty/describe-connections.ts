import { encodeClose, opcodes, openSocket, type RawSocketOptions } from '@admit-one/testkit';
import { visibleText } from '@admit-one/text';
import { describe, expect, test } from 'vitest';
import { expectStory } from '../../stack/audit-log.ts';
import { FRONTEND, type Stack } from '../../stack/stack.ts';
import { issueTicket, routeUrl } from '../../stack/visitor.ts';
import { asHeader, mayBeHeader, naughtyStrings, wellFormed } from './naughty-strings.ts';

/** What of a header an edge records. */
const HEADER_FACT = 512;
/** What a close frame can say (RFC 6455, section 5.5). */
const CLOSE_TEXT = 123;

/** The first characters of a text, as many as fit into a close frame. */
function closeTextOf(text: string): string {
  let cut = '';
  for (const character of wellFormed(text)) {
    if (Buffer.byteLength(cut + character) > CLOSE_TEXT) break;
    cut += character;
  }
  return cut;
}

/** Says how an edge takes naughty strings. @param running known when the tests run */
export function describeConnections(running: () => Stack): void {
  async function statusOf(options: RawSocketOptions, url = routeUrl(running())): Promise<number> {
    const raw = await openSocket(url, options);
    const { status, headers } = await raw.response();
    expect(Object.keys(headers)).not.toContain('set-cookie');
    raw.abort();
    return status;
  }

  describe.concurrent.each(Object.entries(naughtyStrings))('%s', (_what, text) => {
    const came = asHeader(text);

    test.runIf(mayBeHeader(came))(
      'from a client is recorded as it came, and as its last words too',
      async () => {
        const { ticket, ticketId } = await issueTicket(running());
        const headers = { 'user-agent': Buffer.from(text).toString('latin1') };
        const raw = await openSocket(`${routeUrl(running())}?ticket=${ticket}`, { headers });
        expect(await raw.response()).toMatchObject({ status: 101 });
        const closeText = closeTextOf(text);
        raw.send({ opcode: opcodes.close, payload: encodeClose(4_000, closeText) });
        expect((await raw.closed).close?.code).toBe(4_000);
        const [, reserved, , closed] = await expectStory(running(), { ticket: ticketId }, [
          'admit.ticket.issued',
          'admit.ticket.reserved',
          'admit.ticket.consumed',
          'admit.connection.closed',
        ]);
        expect(reserved?.data.context).toMatchObject({ agent: visibleText(came, HEADER_FACT) });
        expect(closed?.data).toMatchObject({
          code: 4_000,
          closeText: visibleText(closeText),
          initiator: 'client',
        });
      },
    );

    test('is no protocol, no origin, no ticket and no path', async () => {
      const value = Buffer.from(text).toString('latin1');
      const encoded = encodeURIComponent(wellFormed(text)).slice(0, 9_000);
      const rejections = [
        await statusOf({ headers: { 'sec-websocket-protocol': `admit.v1, ${value}` } }),
        await statusOf({ headers: { 'sec-websocket-protocol': `admit.v1, ticket.${value}` } }),
        await statusOf({ headers: { 'sec-websocket-key': value } }),
        await statusOf({}, `${routeUrl(running())}?ticket=${encoded}`),
        await statusOf({}, `${routeUrl(running())}/${encoded}`),
      ];
      for (const status of rejections) expect([400, 401, 404, 431]).toContain(status);
      expect([101, 400]).toContain(await statusOf({ origin: value }));
      expect([101, 400]).toContain(await statusOf({ origin: `${FRONTEND}${value}` }));
    });
  });
}
