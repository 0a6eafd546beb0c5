import { expect, onTestFinished, test } from 'vitest';
import { openAuditLog } from '../open-audit-log.ts';
import { describeOnServer, openForTest } from '../sql/engines.fixture.ts';
import { migrate, SchemaError } from '../sql/migrate.ts';

describeOnServer((server) => {
  test('opens while the server is away, and works when it comes', async () => {
    const url = await server().createDatabase();
    await server().kill();
    const log = await openAuditLog(openForTest({ url }));
    onTestFinished(() => log.close());
    await expect(log.totals()).rejects.toMatchObject({ name: 'AuditLogError', code: 'unavailable' });
    await server().start();
    expect(await log.totals()).toEqual([]);
  });

  test('rejects a database of a later version', async () => {
    const sql = openForTest({ url: await server().createDatabase() });
    onTestFinished(() => sql.close());
    await migrate(sql);
    await sql.query("INSERT INTO schema_migration (version, name) VALUES (999, 'from the future')");
    await expect(openAuditLog(sql)).rejects.toBeInstanceOf(SchemaError);
  });
});
