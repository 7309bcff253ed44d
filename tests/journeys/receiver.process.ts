import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../deploy/examples/webhook-receiver.ts', import.meta.url));

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts the sample receiver of `deploy/examples`, as the programmer of a finance system would. */
export async function startReceiver(of: { port: number; secret: string; books: string }) {
  const { port, secret, books } = of;
  const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port), BOOKS: books };
  const receiver = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(receiver.stdout, 'data');
  return {
    /** What it booked of each obligation: paid less returned, in cents. */
    booked(): Record<string, number> {
      const database = new DatabaseSync(books, { readOnly: true });
      const rows = database.prepare(
        'SELECT obligation, SUM(amount) AS sum FROM bookings GROUP BY obligation',
      );
      const sums = rows.all().map((row) => [row['obligation'] as string, row['sum'] as number]);
      database.close();
      return Object.fromEntries(sums);
    },
    async stop(): Promise<void> {
      const gone = once(receiver, 'exit');
      receiver.kill('SIGTERM');
      await gone;
    },
  };
}
