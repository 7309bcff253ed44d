import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a relay and the board: passes everything on, but ballots as a test says. */
export interface BoardProxy {
  readonly url: string;
  /** Where the board is, once that is known. */
  target: string;
  /** What becomes of ballots. */
  ballots: 'pass' | 'later' | 'cut';
  /** Ballots that came by. */
  readonly seen: number;
  close(): Promise<void>;
}

export async function startBoardProxy(): Promise<BoardProxy> {
  let seen = 0;
  const server = createServer((incoming, outgoing) => {
    const isBallot = incoming.method === 'POST' && incoming.url!.endsWith('/ballots');
    if (isBallot) seen += 1;
    if (isBallot && proxy.ballots === 'cut') return void incoming.socket.destroy();
    if (isBallot && proxy.ballots === 'later') {
      incoming.resume();
      return void outgoing.writeHead(503, { 'content-type': 'text/plain' }).end('Come back later');
    }
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url!, proxy.target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: BoardProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    ballots: 'pass',
    get seen() {
      return seen;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
