import { expect, it } from 'vitest';
import {
  connectionSubject,
  routeSubject,
  sessionSubject,
  subjectToken,
  userSubject,
} from './bridge-subjects.ts';

it.each(['abc', 'A-Z_0-9', '-', '_'])('a plain id is a token as it is: %s', (id) => {
  expect(subjectToken(id)).toBe(id);
});

it.each(['', '*', '>', 'a.b', 'a b', 'a@example.com', 'auth0|1', '\u00e4', '=YQ', 'a\r\nb', '\0'])(
  'another is one token that gives it back: %j',
  (id) => {
    const token = subjectToken(id);
    expect(token).toMatch(/^=[A-Za-z0-9_-]*$/);
    expect(Buffer.from(token.slice(1), 'base64url').toString()).toBe(id);
  },
);

it('the subjects are those of the design', () => {
  expect(connectionSubject('edge-1', 'c1')).toBe('admit.ws.out.connection.edge-1.c1');
  expect(sessionSubject('main', 's 1')).toBe('admit.ws.out.session.main.=cyAx');
  expect(userSubject('main', 'u1')).toBe('admit.ws.out.user.main.u1');
  expect(routeSubject('chat')).toBe('admit.ws.out.route.chat');
});
