import { describe, expect, it } from 'vitest';
import { coerceMembers } from './coerce-members.ts';

const properties = {
  text: { type: 'string' },
  whole: { type: 'integer' },
  number: { type: 'number' },
  flag: { type: 'boolean' },
  list: { type: 'array' },
  absent: { type: 'integer', default: 7 },
};

describe('members that came as texts', () => {
  it.each([
    [{ text: '1' }, { text: '1' }],
    [{ whole: '1' }, { whole: 1 }],
    [{ whole: '1.5' }, { whole: 1.5 }],
    [{ number: '-0.5' }, { number: -0.5 }],
    [{ number: '' }, { number: '' }],
    [{ number: ' ' }, { number: ' ' }],
    [{ number: 'Infinity' }, { number: 'Infinity' }],
    [{ number: '9'.repeat(400) }, { number: '9'.repeat(400) }],
    [{ flag: 'true' }, { flag: true }],
    [{ flag: 'false' }, { flag: false }],
    [{ flag: '1' }, { flag: '1' }],
    [{ list: 'a' }, { list: ['a'] }],
    [{ list: ['a', 'b'] }, { list: ['a', 'b'] }],
    [{ text: ['a', 'b'] }, { text: ['a', 'b'] }],
    [{ whole: ['1', '2'] }, { whole: ['1', '2'] }],
    [{ unknown: '1' }, { unknown: '1' }],
    [{ absent: '8' }, { absent: 8 }],
  ])('%j are %j', (given, read) => {
    expect(coerceMembers({ properties }, given)).toEqual({ absent: 7, ...read });
  });

  it('get no value from the prototype of all objects', () => {
    expect(coerceMembers({ properties: { constructor: { type: 'array' } } }, {})).toEqual({});
  });
});
