import { describe } from 'vitest';
import { stacks } from '../stack/stacks.ts';
import { describeOn } from './suite.ts';

describe.each(stacks)('on $name', describeOn);
