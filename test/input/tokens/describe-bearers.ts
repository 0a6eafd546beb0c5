import { TokenError, tokenRejectionOf } from '@admit-one/identity';
import { describe, expect, test } from 'vitest';
import type { Stack } from '../../stack/stack.ts';
import { askRaw, type RawAnswer } from '../http/ask-raw.ts';
import { eventsByTrace } from '../rejections.ts';

const missing = tokenRejectionOf(new TokenError('missing'), 'JWT').detail;

/** Where bearer tokens are taken, and a good one. */
export interface Gatekeeper {
  readonly stack: Stack;
  readonly token: string;
}

/** Says where in a request a bearer token counts. @param gatekeeper known when the tests run */
export function describeBearers(gatekeeper: () => Gatekeeper): void {
  /** Asks for a ticket with these header lines, where `$token` is a good token. */
  async function askWith(
    lines: readonly string[],
    { target = '/api/websocket/ticket', body = '' } = {},
  ): Promise<RawAnswer> {
    const { stack, token } = gatekeeper();
    const filled = [...lines, `Content-Length: ${body.length}`].map((line) =>
      line.replaceAll('$token', token),
    );
    return askRaw(stack.tickets, `POST ${target} HTTP/1.1`, ['Host: test', ...filled], body);
  }

  describe('a bearer token', () => {
    test.each(['Bearer $token', 'bearer $token', 'BEARER $token', 'bEaReR    $token', 'Bearer $token   '])(
      'counts in "Authorization: %s"',
      async (authorization) => {
        expect(await askWith([`Authorization: ${authorization}`])).toMatchObject({ status: 200 });
      },
    );

    test.each<[where: string, authorization: string | undefined, challenge?: string]>([
      ['nowhere', undefined],
      ['behind no word', '$token'],
      ['behind another word', 'Token $token'],
      ['behind Basic', 'Basic dGVzdC11c2VyOnBhc3N3b3Jk'],
      ['behind Basic, whole', 'Basic $token'],
      ['behind a tab', 'Bearer\t$token'],
      ['behind no space', 'Bearer$token'],
      ['behind the name twice', 'Bearer Bearer $token', 'error'],
      ['of two with a comma', 'Bearer $token, Bearer $token', 'error'],
      ['of two with a space', 'Bearer $token $token', 'error'],
      ['that is empty', 'Bearer ', 'error'],
      ['in quotes', 'Bearer "$token"', 'error'],
      ['with a character of Latin-1', 'Bearer $token\u00e9', 'error'],
    ])('does not count %s', async (_where, authorization, challenge) => {
      const answer = await askWith(authorization === undefined ? [] : [`Authorization: ${authorization}`]);
      expect(answer).toMatchObject({
        status: 401,
        problem: { status: 401, code: 'INVALID_TOKEN', detail: missing },
        headers: {
          'www-authenticate': challenge
            ? `Bearer error="invalid_token", error_description="${missing}"`
            : 'Bearer',
        },
      });
      await expectRejected(answer, { reason: 'token_invalid', detail: missing });
    });

    test.each<[where: string, lines: readonly string[], options?: { target?: string; body?: string }]>([
      ['the query', [], { target: '/api/websocket/ticket?access_token=$token&token=$token&jwt=$token' }],
      ['a cookie', ['Cookie: access_token=$token; token=$token; Authorization=Bearer $token']],
      ['a body', ['Content-Type: application/json'], { body: '{"access_token":"x","token":"x"}' }],
      ['another header', ['X-Authorization: Bearer $token', 'Proxy-Authorization: Bearer $token']],
      ['a subprotocol', ['Sec-WebSocket-Protocol: jwt.$token']],
    ])(
      'does not count in %s',
      async (_where, lines, { target = '/api/websocket/ticket', body = '' } = {}) => {
        const answer = await askWith(lines, {
          target: target.replaceAll('$token', gatekeeper().token),
          body: body.replaceAll('"x"', JSON.stringify(gatekeeper().token)),
        });
        expect(answer).toMatchObject({ status: 401, problem: { code: 'INVALID_TOKEN', detail: missing } });
      },
    );

    test.each([
      ['the same', 'Bearer $token'],
      ['another', 'Bearer x'],
      ['Basic', 'Basic eDp5'],
    ])('does not count beside %s in a second header', async (_name, second) => {
      const answer = await askWith(['Authorization: Bearer $token', `Authorization: ${second}`]);
      const detail = 'The request has more than one Authorization header.';
      expect(answer).toMatchObject({ status: 400, problem: { code: 'INVALID_REQUEST', detail } });
      await expectRejected(answer, { reason: 'request_invalid', detail });
    });

    test('is in no log line', () => {
      const { stack, token } = gatekeeper();
      for (const part of token.split('.')) expect(stack.logs()).not.toContain(part);
    });
  });

  async function expectRejected({ problem }: RawAnswer, data: object): Promise<void> {
    const traceId = problem?.traceId ?? '';
    const rejected = await eventsByTrace(gatekeeper().stack, { type: 'admit.issuance.rejected' }, [traceId]);
    expect(rejected.get(traceId)).toEqual([expect.objectContaining({ data: expect.objectContaining(data) })]);
  }
}
