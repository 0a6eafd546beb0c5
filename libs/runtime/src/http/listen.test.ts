import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { StartError } from '../errors.ts';
import { listen } from './listen.ts';

const servers: Server[] = [];

function server(): Server {
  const made = createServer();
  servers.push(made);
  return made;
}

afterEach(() => {
  for (const made of servers.splice(0)) made.close();
});

describe('listen', () => {
  it('gives the port that it got', async () => {
    const port = await listen(server(), { port: 0, host: '127.0.0.1', variable: 'PORT' });
    expect(port).toBeGreaterThan(0);
    await expect(
      fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(50) }),
    ).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('names the variable of a port that is taken', async () => {
    const port = await listen(server(), { port: 0, host: '127.0.0.1', variable: 'PORT' });
    const second = listen(server(), { port, host: '127.0.0.1', variable: 'EDGE_PORT' });
    await expect(second).rejects.toThrow(
      new StartError(`Port ${port} is taken. Set EDGE_PORT to a free one, or to 0 for any.`),
    );
  });

  it.each(['192.0.2.1', 'host.invalid'])('names HOST where %s is not of this machine', async (host) => {
    const listening = listen(server(), { port: 0, host, variable: 'PORT' });
    await expect(listening).rejects.toThrow(
      new StartError(`${host} is no address of this machine. Set HOST to one that is.`),
    );
  });

  it('leaves other errors as they are', async () => {
    const taken = server();
    await listen(taken, { port: 0, host: '127.0.0.1', variable: 'PORT' });
    await expect(listen(taken, { port: 0, host: '127.0.0.1', variable: 'PORT' })).rejects.toMatchObject({
      code: 'ERR_SERVER_ALREADY_LISTEN',
    });
  });
});
