import { expect, it } from 'vitest';
import { captureLogs } from './captured-logs.ts';

it('keeps lines as they were written and as they parse', () => {
  const logs = captureLogs();
  logs.write('{"severity":"INFO","message":"started","port":1}\n');
  logs.write('{"severity":"INFO","message":"stopped"}\n');
  expect(logs.text).toBe(
    '{"severity":"INFO","message":"started","port":1}\n{"severity":"INFO","message":"stopped"}\n',
  );
  expect(logs.lines).toHaveLength(2);
  expect(logs.named('started')).toEqual([{ severity: 'INFO', message: 'started', port: 1 }]);
});

it('does not pass over a line that is not JSON', () => {
  const logs = captureLogs();
  logs.write('Error: at the wrong place\n');
  expect(() => logs.lines).toThrow(SyntaxError);
});
