import { describe, expect, it } from 'vitest';
import { checkNames } from './contract.ts';

describe('the skips of a contract', () => {
  const names = ['keeps order', 'is closed'];

  it('may name tests, with reasons', () => {
    expect(() => checkNames(names, {})).not.toThrow();
    expect(() => checkNames(names, { 'is closed': 'the engine has no close' })).not.toThrow();
  });

  it('may not name a test that does not exist', () => {
    expect(() => checkNames(names, { 'keeps odor': 'a slip' })).toThrow('no test to skip named "keeps odor"');
  });

  it('may not go without a reason', () => {
    expect(() => checkNames(names, { 'is closed': ' ' })).toThrow('gives no reason');
  });

  it('could not tell apart tests of the same name', () => {
    expect(() => checkNames([...names, 'is closed'], {})).toThrow('two tests have the name "is closed"');
  });
});
