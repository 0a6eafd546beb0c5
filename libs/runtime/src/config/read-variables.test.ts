import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.ts';
import { originVariables, portVariable, processVariables } from './common-variables.ts';
import { type Check, readVariables, SECRET } from './read-variables.ts';

const schema = Type.Object({
  ...processVariables,
  ...originVariables,
  PORT: portVariable(8080),
  NAME: Type.String({ description: 'What to call it.' }),
  KEY: Type.Optional(Type.String({ minLength: 20, ...SECRET })),
  FLAG: Type.Boolean({ default: false }),
});

const defaults = {
  HOST: '0.0.0.0',
  PORT: 8080,
  METRICS_PORT: 9464,
  LOG_LEVEL: 'info',
  SHUTDOWN_SECONDS: 25,
  TRUSTED_PROXIES: [],
  FRONTEND_ORIGINS: [],
  FLAG: false,
};

function faultsOf(environment: Record<string, string>, check?: Check<typeof schema>): readonly string[] {
  try {
    readVariables(schema, environment, check);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

describe('readVariables', () => {
  it('fills in defaults', () => {
    expect(readVariables(schema, { NAME: 'one' })).toEqual({ ...defaults, NAME: 'one' });
  });

  it('reads numbers, booleans and lists, and leaves other variables alone', () => {
    const environment = {
      NAME: 'one',
      PORT: '0',
      FLAG: 'true',
      FRONTEND_ORIGINS: 'https://a.example,https://b.example',
      PATH: '/bin',
    };
    expect(readVariables(schema, environment)).toEqual({
      ...defaults,
      NAME: 'one',
      PORT: 0,
      FLAG: true,
      FRONTEND_ORIGINS: ['https://a.example', 'https://b.example'],
    });
  });

  it('takes what is empty or blank for not set', () => {
    expect(readVariables(schema, { NAME: 'one', PORT: '', HOST: '  ' })).toEqual({
      ...defaults,
      NAME: 'one',
    });
    expect(faultsOf({ NAME: ' ' })).toEqual(['NAME: is not set. What to call it.']);
  });

  it('trims values and the items of lists, and drops empty items', () => {
    const read = readVariables(schema, { NAME: ' one ', TRUSTED_PROXIES: ' 10.0.0.0/8 ,, 127.0.0.1, ' });
    expect(read).toMatchObject({ NAME: 'one', TRUSTED_PROXIES: ['10.0.0.0/8', '127.0.0.1'] });
  });

  it('reports every fault at once, each with the rule and the value', () => {
    const faults = faultsOf({
      PORT: 'http',
      METRICS_PORT: '70000',
      LOG_LEVEL: 'loud',
      SHUTDOWN_SECONDS: '-1',
      FLAG: 'may"be',
    });
    expect([...faults].sort()).toEqual([
      'FLAG: must be boolean, not "may\\"be"',
      'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
      'METRICS_PORT: must be <= 65535, not "70000"',
      'NAME: is not set. What to call it.',
      'PORT: must be integer, not "http"',
      'SHUTDOWN_SECONDS: must be >= 0, not "-1"',
    ]);
  });

  it('shows all of them in its message, a line each', () => {
    expect(() => readVariables(schema, { PORT: 'http' })).toThrow(
      /^The configuration is not usable:\n {2}NAME: is not set.*\n {2}PORT: must be integer, not "http"$/,
    );
  });

  it('never shows a secret', () => {
    expect(faultsOf({ NAME: 'one', KEY: 'hunter2' })).toEqual([
      'KEY: must NOT have fewer than 20 characters (the value is not shown)',
    ]);
  });
});

describe('a check across variables', () => {
  it('adds its faults to the others, and sees only what is sound', () => {
    let seen: object = {};
    const faults = faultsOf({ NAME: 'one', PORT: 'http', METRICS_PORT: '1' }, (variables) => {
      seen = variables;
      return ['METRICS_PORT: is too low'];
    });
    expect(faults).toEqual(['PORT: must be integer, not "http"', 'METRICS_PORT: is too low']);
    const { PORT: _, ...sound } = defaults;
    expect(seen).toEqual({ ...sound, NAME: 'one', METRICS_PORT: 1 });
  });

  it('is a fault on its own too', () => {
    expect(faultsOf({ NAME: 'one' }, () => ['NAME: is taken'])).toEqual(['NAME: is taken']);
  });
});
