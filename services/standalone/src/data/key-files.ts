import { generateSigningKey, KeyError, parseSigningKey, type SigningKey } from '@admit-one/identity';
import {
  generateSealSigningKey,
  parseSealSigningKey,
  SealError,
  type SealSigningKey,
} from '@admit-one/seals';
import type { KeyFile } from './key-file.ts';

/** Seals the audit log. */
export const sealKeyFile: KeyFile<SealSigningKey> = {
  name: 'audit-signing-key.json',
  generate: generateSealSigningKey,
  parse: parseSealSigningKey,
  Invalid: SealError,
  consequence: 'later seals are signed with that one',
};

/** Signs who a connection is for, towards the upstreams of proxy routes. */
export const proxyKeyFile: KeyFile<SigningKey> = {
  name: 'proxy-signing-key.json',
  generate: generateSigningKey,
  parse: parseSigningKey,
  Invalid: KeyError,
  consequence: 'upstreams have to fetch that one',
};
