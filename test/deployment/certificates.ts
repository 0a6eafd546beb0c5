import { execFile } from 'node:child_process';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];

/** PEM files of a throw-away certificate authority, and of a server on this machine that it vouches for. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** The same key, as PostgreSQL reads it, which does not run as root. */
  readonly postgresKey: string;
}

/** Makes them in a folder, which others can then enter. */
export async function createCertificates(folder: string): Promise<Certificates> {
  const file = (name: string) => join(folder, name);
  const [ca, caKey, cert, key] = ['ca.crt', 'ca.key', 'server.crt', 'server.key'].map(file) as [
    string,
    string,
    string,
    string,
  ];
  const request = (...more: readonly string[]) => run('openssl', ['req', '-x509', ...KEY, ...more]);
  await request('-keyout', caKey, '-out', ca, '-subj', '/CN=throw-away CA');
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const signedBy = ['-CA', ca, '-CAkey', caKey];
  await request('-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', names, ...signedBy);
  const postgresKey = file('postgres.key');
  await copyFile(key, postgresKey);
  await chmod(postgresKey, 0o600);
  if (process.getuid?.() === 0) await run('chown', ['postgres', postgresKey]);
  await chmod(folder, 0o755);
  return { ca, cert, key, postgresKey };
}
