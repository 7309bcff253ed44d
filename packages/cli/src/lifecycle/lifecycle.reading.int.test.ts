import { createServer, type AddressInfo, type Server } from 'node:net';
import { temporalClient } from '@talkoot/lifecycle-record';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineView } from './lifecycle.reading.ts';

let hanging: Server;
beforeAll(async () => {
  hanging = createServer();
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void hanging.close());

test('an engine that takes connections and never answers is unreachable, and is not waited for', async () => {
  const { port } = hanging.address() as AddressInfo;
  const engine = temporalClient({ address: `127.0.0.1:${port}`, namespace: 'default' });
  try {
    const view = await engineView({ engine }, { kind: 'project', id: 'prj-aaaaaaaaaaaaaaaaaaaa' }, 500);
    expect(view).toEqual({ status: 'unreachable', events: null, details: null, pending: [] });
  } finally {
    await engine.connection.close();
  }
});
