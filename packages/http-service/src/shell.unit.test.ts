import { standardProblems } from '@talkoot/api-contracts';
import * as fc from 'fast-check';
import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import mongoose from 'mongoose';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readBody } from './body.ts';
import {
  canonicalJson,
  createAuth,
  createLog,
  createServiceToken,
  decodeCursor,
  describeError,
  DomainError,
  encodeCursor,
  idFrom,
  pageFrom,
  readConfig,
  ServiceConfigShape,
  sha256Of,
} from './index.ts';
import { problemOf } from './problem.ts';
import { fieldsOf } from './query.ts';
import { checkReadiness } from './readiness.ts';
import { expressPath, groupByPath } from './route.order.ts';
import { testKeyPair } from './testing.ts';
import { thingsApi } from './fixture/things.api.ts';

const code = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof DomainError ? error.code : `not coded: ${String(error)}`;
  }
};

describe('canonical JSON', () => {
  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
      }),
    );
  });
  test('tells different values apart and says what JSON says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(
          canonicalJson(a) === canonicalJson(JSON.parse(JSON.stringify(b))),
        );
        expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(JSON.stringify(a)));
      }),
    );
    expect(sha256Of('ab', 'c')).not.toBe(sha256Of('a', 'bc'));
  });
});

describe('ids', () => {
  test('follow from the operation and look like ids', () => {
    expect(idFrom('a'.repeat(64), 'prj')).toBe(idFrom('a'.repeat(64), 'prj'));
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(idFrom(a, 'prj')).toMatch(/^prj-[a-z2-7]{20}$/);
        expect(idFrom(a, 'prj') === idFrom(b, 'prj')).toBe(a === b);
      }),
    );
  });
});

describe('bodies and queries', () => {
  test('no bytes whatever make anything but a value or a coded refusal', () => {
    const types = ['application/json', 'text/csv', 'application/x-www-form-urlencoded'] as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...types), (bytes, type) => {
        expect([undefined, 'malformed-body', 'invalid-request']).toContain(
          code(() => readBody(Buffer.from(bytes), type)),
        );
      }),
    );
  });
  test('no query whatever makes anything but fields or a coded refusal', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect([undefined, 'invalid-request']).toContain(code(() => fieldsOf(text, 'query')));
      }),
    );
  });
  test('a query comes back as it was sent', () => {
    const fields = fc.dictionary(
      fc.string({ minLength: 1 }).filter((one) => one !== '__proto__' && !one.includes('\0')),
      fc.string().filter((one) => !one.includes('\0')),
    );
    fc.assert(
      fc.property(fields, (sent) => {
        expect(fieldsOf(new URLSearchParams(sent).toString(), 'query')).toEqual({ ...sent });
      }),
    );
  });
});

describe('pages', () => {
  test('a cursor comes back as it was made', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (id, at) => {
        expect(decodeCursor(encodeCursor([at, id]), z.tuple([z.number(), z.string()]))).toEqual([at, id]);
      }),
    );
  });
  test('refuses what is no cursor of the list', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(code(() => decodeCursor(text, z.tuple([z.literal('k')])))).toBe('invalid-request');
      }),
    );
  });
  test('only a row too many means that there is a next page', () => {
    expect(pageFrom([1, 2], 2, (row) => row).next).toBeNull();
    expect(pageFrom([1, 2, 3], 2, (row) => row)).toEqual({ items: [1, 2], next: encodeCursor(2) });
    expect(pageFrom([], 2, (row) => row)).toEqual({ items: [], next: null });
  });
});

describe('problems', () => {
  test('each standard code answers with its own status', () => {
    for (const [name, { status }] of Object.entries(standardProblems)) {
      expect(problemOf(thingsApi, new DomainError(name)).problem).toMatchObject({ code: name, status });
    }
  });
  test('a code that no API declares tells nothing', () => {
    for (const name of ['nonsense', 'constructor', '__proto__', 'toString']) {
      const { problem } = problemOf(thingsApi, new DomainError(name, 'a secret'));
      expect(problem).toMatchObject({ status: 500, code: 'unexpected' });
      expect(JSON.stringify(problem)).not.toContain('secret');
    }
  });
  test.each([
    ['MongoServerError', 134, []],
    ['MongoServerError', 91, []],
    ['MongoServerError', 251, ['TransientTransactionError']],
    ['MongoWriteConcernError', 64, ['RetryableWriteError']],
    ['MongoServerError', 64, ['UnknownTransactionCommitResult']],
    // What a transaction may meet whose server was restarted meanwhile.
    ['MongoServerError', 211, []],
    ['MongoServerError', 225, []],
    ['MongoServerClosedError', undefined, []],
    ['MongoExpiredSessionError', undefined, []],
    // A bulk write whose connection broke has no code of its own.
    ['MongoBulkWriteError', undefined, ['TransientTransactionError', 'ResetPool']],
    ['MongoBulkWriteError', undefined, ['RetryableWriteError']],
  ])('%s %s %j is of a database that may come back', (name, errorCode, labels) => {
    const error = Object.assign(new Error('x'), { name, code: errorCode, errorLabelSet: new Set(labels) });
    expect(problemOf(thingsApi, error).problem).toMatchObject({ status: 503, code: 'unavailable' });
  });
  test('a bulk write whose connection broke is of a database that may come back', () => {
    const broken = new mongoose.mongo.MongoNetworkError('connection 7 closed');
    const error = new mongoose.mongo.MongoBulkWriteError(broken as never, {} as never);
    expect(problemOf(thingsApi, error).problem).toMatchObject({ status: 503, code: 'unavailable' });
  });
  test('a database that refuses what was asked does not come back', () => {
    const error = Object.assign(new Error('x'), { name: 'MongoServerError', code: 121 });
    expect(problemOf(thingsApi, error).problem).toMatchObject({ status: 500, code: 'unexpected' });
  });
  test('the log does not quote the value of a duplicate key', () => {
    const error = new Error(
      'E11000 duplicate key error collection: a index: mail dup key: { mail: "aino@oulu.fi" }',
    );
    expect(JSON.stringify(describeError(error))).not.toContain('aino');
  });
});

describe('the log', () => {
  test('keeps secrets out', () => {
    const lines: string[] = [];
    const log = createLog('things', 'info', { write: (line) => void lines.push(line) });
    log.info(
      { authorization: 'secret-1', headers: { authorization: 'secret-2' }, a: { b: { token: 'secret-3' } } },
      'x',
    );
    expect(lines.join()).not.toContain('secret-');
  });
});

describe('paths', () => {
  test('are written as Express reads them', () => {
    expect(expressPath('/v1/{id}/rolls/{rollId}.csv')).toBe('/v1/:id/rolls/:rollId.csv');
    expect(expressPath('/v1/{id}:open')).toBe('/v1/:id\\:open');
  });
  test('put the literal before the parameter', () => {
    const paths = groupByPath(thingsApi.routes).map(([path]) => path);
    const base = '/v1/municipalities/{municipalityId}/things';
    expect(paths.indexOf(`${base}/import`)).toBeLessThan(paths.indexOf(`${base}/{thingId}`));
  });
});

describe('configuration', () => {
  test('names every variable that is missing or malformed and shows no value', () => {
    const shape = ServiceConfigShape.pick({ PORT: true, MONGODB_URL: true, KAFKA_BROKERS: true });
    const bad = { PORT: 'x', MONGODB_URL: 'http://user:password@host', KAFKA_BROKERS: '' };
    expect(() => readConfig(shape, bad)).toThrow(/PORT[^]*MONGODB_URL[^]*KAFKA_BROKERS/);
    expect(() => readConfig(shape, bad)).not.toThrow(/password/);
    const good = { PORT: '80', MONGODB_URL: 'mongodb://h/db', KAFKA_BROKERS: 'a:1, b:2' };
    expect(readConfig(shape, good)).toEqual({
      PORT: 80,
      MONGODB_URL: 'mongodb://h/db',
      KAFKA_BROKERS: ['a:1', 'b:2'],
    });
  });
});

describe('readiness', () => {
  test('says which check fails and which takes too long', async () => {
    const report = await checkReadiness(
      {
        fine: () => undefined,
        broken: () => Promise.reject(new Error('x')),
        thrown: () => {
          throw new Error('x');
        },
        hung: () => new Promise(() => undefined),
      },
      20,
    );
    expect(report).toEqual({
      ready: false,
      checks: { fine: 'ok', broken: 'failed', thrown: 'failed', hung: 'timed out' },
    });
  });

  test('shows a failed check of what requests do not need, and stays ready', async () => {
    const away = { check: () => Promise.reject(new Error('x')), needed: false } as const;
    const report = await checkReadiness({ fine: () => undefined, away });
    expect(report).toEqual({ ready: true, checks: { fine: 'ok', away: 'failed' } });
  });
});

describe('tokens', () => {
  test('a service signs with its key file and is known by its public key; a replaced key is a new one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keys-'));
    const old = await testKeyPair();
    await writeFile(join(folder, 'private.json'), JSON.stringify(old.privateJwk));
    await writeFile(join(folder, 'worker.jwk.json'), JSON.stringify(old.publicJwk));
    const auth = createAuth({ identityUrl: 'http://127.0.0.1:1', serviceKeysDir: folder });
    const token = createServiceToken({
      keyFile: join(folder, 'private.json'),
      name: 'worker',
      audience: 'ballots',
    });
    expect(await auth.authenticate(await token(), 'ballots')).toEqual({ kind: 'service', name: 'worker' });
    expect(await token()).toBe(await token());
    await expect(auth.authenticate(await token(), 'payments')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const rotated = await testKeyPair();
    await rm(join(folder, 'worker.jwk.json'));
    await expect(auth.authenticate(await token(), 'ballots')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await writeFile(join(folder, 'worker.jwk.json'), JSON.stringify(rotated.publicJwk));
    await expect(auth.authenticate(await token(), 'ballots')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await rm(folder, { recursive: true });
  });
  test("identity's keys go on being trusted while it is away, but without any there is no telling", async () => {
    const pair = await generateKeyPair('EdDSA', { extractable: true });
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'EdDSA' }] };
    const server = createServer((_, response) => response.end(JSON.stringify(jwks)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const token = await personToken(pair.privateKey, issuer);
    const cached = createAuth({ identityUrl: issuer, serviceKeysDir: tmpdir() });
    const fresh = createAuth({ identityUrl: issuer, serviceKeysDir: tmpdir() });
    expect(await cached.authenticate(token, 'ballots')).toMatchObject({ kind: 'person', id: 'p-1' });
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    expect(await cached.authenticate(token, 'ballots')).toMatchObject({ kind: 'person', id: 'p-1' });
    const lost = await fresh.authenticate(token, 'ballots').catch((error: unknown) => error);
    expect(problemOf(thingsApi, lost).problem.code).toBe('unavailable');
  });
});

function personToken(key: CryptoKey, issuer: string): Promise<string> {
  return new SignJWT({ grants: {} })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1' })
    .setIssuer(issuer)
    .setAudience('talkoot')
    .setSubject('p-1')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key);
}
