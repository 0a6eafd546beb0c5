import { rename, writeFile } from 'node:fs/promises';

/** Writes a file that only its owner can read. Who reads it meanwhile sees the old one, or the whole new one. */
export async function writeSecretFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
