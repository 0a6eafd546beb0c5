import { expect, test } from 'vitest';
import { decodeResponse } from './response.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const CHUNKED = `${HEAD}4\r\nWiki\r\n6\r\npedia \r\n0\r\n\r\n`;

test('a chunked body is complete with its last chunk, and ends where the next response begins', () => {
  const bytes = Buffer.from(`${CHUNKED}HTTP/1.1 204`);
  expect(decodeResponse(bytes, false)).toMatchObject({
    response: { status: 200, body: 'Wikipedia ' },
    end: CHUNKED.length,
  });
  for (let length = 0; length < CHUNKED.length; length += 1)
    expect(decodeResponse(bytes.subarray(0, length), false)).toBeUndefined();
});
