import { BusError, StoreError } from '@admit-one/core';
import { captureLogs } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { createLogger, logAt } from './logging.ts';

function logger(options: { level?: string; forPeople?: boolean } = {}) {
  const logs = captureLogs();
  const log = createLogger({
    level: 'trace',
    service: 'test',
    instance: 'test-1',
    destination: logs,
    ...options,
  });
  return { log, logs };
}

describe('a log line', () => {
  it('has what Cloud Logging reads, and who wrote it', () => {
    const { log, logs } = logger();
    log.info({ url: 'http://localhost:1' }, 'listening');
    expect(logs.lines).toEqual([
      {
        severity: 'INFO',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'test',
        instance: 'test-1',
        url: 'http://localhost:1',
        message: 'listening',
      },
    ]);
  });

  it.each([
    ['debug', 'DEBUG'],
    ['info', 'INFO'],
    ['warn', 'WARNING'],
    ['error', 'ERROR'],
    ['fatal', 'CRITICAL'],
  ] as const)('of level %s has severity %s', (level, severity) => {
    const { log, logs } = logger();
    (log[level] as (name: string) => void)('event');
    expect(logs.lines).toMatchObject([{ severity }]);
  });

  it.each(['INFO', 'WARNING', 'CRITICAL'] as const)('of a rejection has its severity, %s', (severity) => {
    const { log, logs } = logger();
    logAt(log, severity, { reason: 'internal' }, 'handshake_rejected');
    expect(logs.lines).toMatchObject([{ severity, reason: 'internal', message: 'handshake_rejected' }]);
  });

  it('below the level is not written', () => {
    const { log, logs } = logger({ level: 'warn' });
    log.info('stopped');
    expect(logs.text).toBe('');
  });

  it('keeps the stack of an error', () => {
    const { log, logs } = logger();
    log.error({ err: new Error('broken') }, 'bus_error');
    expect(logs.lines).toMatchObject([{ err: { message: 'broken', stack: expect.stringContaining('at ') } }]);
  });

  it('has no stack of what an outage caused', () => {
    const { log, logs } = logger();
    const causes = [new StoreError('unavailable', 'a'), new BusError('timeout', 'b')];
    for (const err of causes) log.error({ err }, 'bus_error');
    expect(logs.lines.map(({ err }) => err)).toEqual([
      { type: 'StoreError', code: 'unavailable', message: 'a' },
      { type: 'BusError', code: 'timeout', message: 'b' },
    ]);
  });
});

describe.each([false, true])('whatever is logged (for people: %s)', (forPeople) => {
  it('credentials are left out', () => {
    const { log, logs } = logger({ forPeople });
    const write: (facts: object, name: string) => void = log.info.bind(log);
    write(
      {
        authorization: 'secret-1',
        cookie: 'secret-2',
        headers: { 'x-key': 'secret-3' },
        request: { authorization: 'secret-4', cookie: 'secret-5', headers: { authorization: 'secret-6' } },
        port: 1,
      },
      'event',
    );
    expect(logs.text).toContain('event');
    expect(logs.text).toContain('port');
    expect(logs.text).not.toContain('secret');
  });

  it('a value cannot begin a line, steer a terminal or turn what follows', () => {
    const { log, logs } = logger({ forPeople });
    const origin =
      'x\r\n{"severity":"INFO","message":"forged"}\n\u001b[2J\u0000\u007f\u0085\u009b31m\u2028\u2029\u202egpj\u2066';
    log.info({ origin, originHost: { origin } }, 'websocket_connected');
    expect(logs.text.trimEnd().split('\n')).toHaveLength(1);
    expect(logs.text.trimEnd()).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
    if (!forPeople) expect(logs.lines).toMatchObject([{ origin, originHost: { origin } }]);
  });
});
