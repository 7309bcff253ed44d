import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverFromVendor, sha256Of } from './vendor.ts';

let folder: string;
let vendor: Server;
let address: string;
let files: Record<string, Buffer | string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'talkoot-vendor-'));
  writeFileSync(join(folder, 'mongod'), '#!/bin/sh\necho 6.0.5\n');
  await execa('tar', ['-czf', 'mongod.tgz', 'mongod'], { cwd: folder });
  const archive = join(folder, 'mongod.tgz');
  files = {
    '/mongod.tgz': readFileSync(archive),
    '/good': `${await sha256Of(archive)}  mongod.tgz\n`,
    '/bad': `${'0'.repeat(64)}  mongod.tgz\n`,
  };
  vendor = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file ? 200 : 404).end(file);
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
});

afterAll(() => {
  vendor.close();
  rmSync(folder, { recursive: true });
});

const fetchWith = (checksums: string, target: string): Promise<void> =>
  serverFromVendor({ archive: `${address}/mongod.tgz`, checksums: address + checksums }, 'mongod', target);

test('takes the server out of an archive whose checksum the vendor published', async () => {
  const target = join(folder, 'taken');
  await fetchWith('/good', target);
  expect((await execa(target)).stdout).toBe('6.0.5');
});

test('refuses an archive that is not what the vendor published', async () => {
  await expect(fetchWith('/bad', join(folder, 'bad'))).rejects.toMatchObject({ code: 'checksum-mismatch' });
});

test('takes nothing from a vendor that publishes no checksum, or does not answer', async () => {
  await expect(fetchWith('/none', join(folder, 'none'))).rejects.toMatchObject({ code: 'way-closed' });
  const nobody = { archive: 'http://127.0.0.1:1/a.tgz', checksums: 'http://127.0.0.1:1/sums' };
  const answer = serverFromVendor(nobody, 'mongod', join(folder, 'silent'));
  await expect(answer).rejects.toThrow('127.0.0.1:1 does not answer');
});
