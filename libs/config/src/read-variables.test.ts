import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { originVariables, portVariable, processVariables } from './host.ts';
import { type Check, ConfigError, readVariables, SECRET } from './read-variables.ts';

const schema = Type.Object({
  ...processVariables,
  ...originVariables,
  PORT: portVariable(8080),
  NAME: Type.String({ description: 'What to call it.', examples: ['one'] }),
  KEY: Type.Optional(Type.String({ minLength: 20, ...SECRET })),
  FLAG: Type.Boolean({ default: false }),
});

const deissues = {
  HOST: '0.0.0.0',
  PORT: 8080,
  METRICS_HOST: '127.0.0.1',
  METRICS_PORT: 9464,
  LOG_LEVEL: 'info',
  SHUTDOWN_SECONDS: 25,
  TRUSTED_PROXIES: [],
  OTEL_TRACES_SAMPLER: 'parentbased_always_on',
  OTEL_TRACES_SAMPLER_ARG: 1,
  FRONTEND_ORIGINS: [],
  FLAG: false,
};

function issuesOf(environment: Record<string, string>, check?: Check<typeof schema>): readonly string[] {
  try {
    readVariables(schema, environment, check);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

describe('readVariables', () => {
  it('fills in deissues', () => {
    expect(readVariables(schema, { NAME: 'one' })).toEqual({ ...deissues, NAME: 'one' });
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
      ...deissues,
      NAME: 'one',
      PORT: 0,
      FLAG: true,
      FRONTEND_ORIGINS: ['https://a.example', 'https://b.example'],
    });
  });

  it('takes what is empty or blank for not set', () => {
    expect(readVariables(schema, { NAME: 'one', PORT: '', HOST: '  ' })).toEqual({
      ...deissues,
      NAME: 'one',
    });
    expect(issuesOf({ NAME: ' ' })).toEqual(['NAME: is not set. What to call it. Example: NAME=one']);
  });

  it('trims values and the items of lists, and drops empty items', () => {
    const read = readVariables(schema, { NAME: ' one ', TRUSTED_PROXIES: ' 10.0.0.0/8 ,, 127.0.0.1, ' });
    expect(read).toMatchObject({ NAME: 'one', TRUSTED_PROXIES: ['10.0.0.0/8', '127.0.0.1'] });
  });

  it('reports every issue at once, each with the rule and the value', () => {
    const issues = issuesOf({
      PORT: 'http',
      METRICS_PORT: '70000',
      LOG_LEVEL: 'loud',
      SHUTDOWN_SECONDS: '-1',
      FLAG: 'may"be',
    });
    expect([...issues].sort()).toEqual([
      'FLAG: must be boolean, not "may\\"be"',
      'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
      'METRICS_PORT: must be <= 65535, not "70000"',
      'NAME: is not set. What to call it. Example: NAME=one',
      'PORT: must be integer, not "http"',
      'SHUTDOWN_SECONDS: must be >= 0, not "-1"',
    ]);
  });

  it('reports more issues than a validator lists at once', () => {
    const names = Array.from({ length: 20 }, (_, n) => `N${n}`);
    const many = Type.Object(Object.fromEntries(names.map((name) => [name, Type.Integer()])));
    const environment = Object.fromEntries(names.map((name) => [name, 'x']));
    const issuesIn = () => readVariables(many, environment);
    expect(issuesIn).toThrow(expect.objectContaining({ issues: expect.objectContaining({ length: 20 }) }));
  });

  it('shows all of them in its message, a line each', () => {
    expect(() => readVariables(schema, { PORT: 'http' })).toThrow(
      /^The configuration is not usable:\n {2}NAME: is not set.*\n {2}PORT: must be integer, not "http"\n.*deployment.*$/,
    );
  });

  it('never shows a secret', () => {
    expect(issuesOf({ NAME: 'one', KEY: 'hunter2' })).toEqual([
      'KEY: must not have fewer than 20 characters (the value is not shown)',
    ]);
  });
});

describe('a check across variables', () => {
  it('adds its issues to the others, and sees only what is valid', () => {
    let seen: object = {};
    const issues = issuesOf({ NAME: 'one', PORT: 'http', METRICS_PORT: '1' }, (variables) => {
      seen = variables;
      return ['METRICS_PORT: is too low'];
    });
    expect(issues).toEqual(['PORT: must be integer, not "http"', 'METRICS_PORT: is too low']);
    const { PORT: _, ...valid } = deissues;
    expect(seen).toEqual({ ...valid, NAME: 'one', METRICS_PORT: 1 });
  });

  it('is an issue on its own too', () => {
    expect(issuesOf({ NAME: 'one' }, () => ['NAME: is taken'])).toEqual(['NAME: is taken']);
  });
});
