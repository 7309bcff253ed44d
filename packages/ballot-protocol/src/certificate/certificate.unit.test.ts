import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import * as node from '../node/index.ts';
import { mod, power } from '../key/slow-curve.fixture.ts';
import { finishCertificate, requestCertificate } from './certificate.device.ts';
import { certificateMessage } from './certificate.ts';
import { verifyCertificate } from './certificate.verify.ts';
import { exportIssuerKey, importIssuerKeyPair, newIssuerKey, signBlinded } from './issuer.ts';
import type { IssuerKey } from './issuer.ts';
import { importIssuerKey } from './issuer.key.ts';
import { signRaw } from './raw.rsa.ts';
import vector from './rfc9474.fixture.json' with { type: 'json' };

const code = (code: string) => expect.objectContaining({ code });
const number = (bytes: Uint8Array) => BigInt(`0x${bytesToHex(bytes)}`);
const bytesOf = (value: bigint) => hexToBytes(value.toString(16).padStart(512, '0'));

describe('RFC 9474', () => {
  const suite = RSABSSA.SHA384.PSS.Randomized();
  afterEach(() => vi.restoreAllMocks());

  function base64Url(hex: string): string {
    return Buffer.from(hex, 'hex').toString('base64url');
  }

  function issuer() {
    const [p, q, d] = [vector.p, vector.q, vector.d].map((text) => BigInt(`0x${text}`)) as [
      bigint,
      bigint,
      bigint,
    ];
    const hex = (value: bigint) => value.toString(16).padStart(vector.p.length, '0');
    const jwk = {
      kty: 'RSA',
      n: base64Url(vector.n),
      e: base64Url(vector.e),
      d: base64Url(vector.d),
      p: base64Url(vector.p),
      q: base64Url(vector.q),
      dp: base64Url(hex(mod(d, p - 1n))),
      dq: base64Url(hex(mod(d, q - 1n))),
      qi: base64Url(hex(power(mod(q, p), p - 2n, p))),
    };
    const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
    return { privateKey, publicKey: createPublicKey(privateKey) };
  }

  test('the device blinds and unblinds as the vectors do; the issuer answers the same bytes by raw RSA', async () => {
    const n = BigInt(`0x${vector.n}`);
    // The inverse of the vector's inverse: by Euler, with φ from its factors.
    const phi = (BigInt(`0x${vector.p}`) - 1n) * (BigInt(`0x${vector.q}`) - 1n);
    const blind = power(BigInt(`0x${vector.inverse}`), phi - 1n, n);
    const random = [vector.prefix, vector.salt, blind.toString(16).padStart(vector.n.length, '0')];
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      new Uint8Array(array!.buffer as ArrayBuffer).set(hexToBytes(random.shift()!));
      return array;
    });
    const key = await importIssuerKey(vector.n);
    const request = await requestCertificate(key, hexToBytes(vector.message));
    expect(random).toEqual([]);
    expect({
      prefix: bytesToHex(request.prefix),
      blinded: bytesToHex(request.blinded),
      inverse: bytesToHex(request.inverse),
    }).toEqual({ prefix: vector.prefix, blinded: vector.blinded, inverse: vector.inverse });

    const answer = signRaw(issuer(), request.blinded);
    expect(bytesToHex(answer)).toBe(vector.blindSignature);
    const certificate = await finishCertificate(key, hexToBytes(vector.message), request, answer);
    expect(bytesToHex(certificate)).toBe(vector.prefix + vector.signature);
  });

  test('the signature of the vectors verifies', async () => {
    const key = await importIssuerKey(vector.n);
    expect(await suite.verify(key, hexToBytes(vector.signature), hexToBytes(vector.prepared))).toBe(true);
  });
});

describe('a certificate', () => {
  let key: IssuerKey;
  let other: IssuerKey;
  const m = new Uint8Array(32).fill(1);
  const message = certificateMessage(m, new Uint8Array(32).fill(2));
  beforeAll(async () => {
    [key, other] = await Promise.all([newIssuerKey(), newIssuerKey()]);
  });

  async function issued() {
    const issuer = await importIssuerKey(key.modulus);
    const request = await requestCertificate(issuer, message);
    return finishCertificate(issuer, message, request, signBlinded(key, request.blinded));
  }

  async function verdict(modulus: string, message: Uint8Array, certificate: Uint8Array): Promise<boolean> {
    const here = await verifyCertificate(await importIssuerKey(modulus), message, certificate);
    expect(node.certificateVerifier(modulus)(message, certificate)).toBe(here);
    return here;
  }

  test('holds for its issuer, its poll and its key, and for nothing else', async () => {
    const certificate = await issued();
    expect(certificate).toHaveLength(288);
    expect(await verdict(key.modulus, message, certificate)).toBe(true);
    expect(await verdict(other.modulus, message, certificate)).toBe(false);
    const otherPoll = certificateMessage(new Uint8Array(32), new Uint8Array(32).fill(2));
    const otherKey = certificateMessage(m, new Uint8Array(32).fill(3));
    expect(await verdict(key.modulus, otherPoll, certificate)).toBe(false);
    expect(await verdict(key.modulus, otherKey, certificate)).toBe(false);
  });

  test('does not hold with a changed prefix, a changed signature, another length, or a signature plus the modulus', async () => {
    const certificate = await issued();
    for (const place of [0, 31, 32, 287]) {
      const altered = certificate.slice();
      altered[place]! ^= 1;
      expect(await verdict(key.modulus, message, altered)).toBe(false);
    }
    expect(await verdict(key.modulus, message, certificate.subarray(1))).toBe(false);
    expect(await verdict(key.modulus, message, concatBytes(certificate, Uint8Array.of(0)))).toBe(false);
    const raised = number(certificate.subarray(32)) + number(hexToBytes(key.modulus));
    if (raised < 2n ** 2048n) {
      const again = concatBytes(certificate.subarray(0, 32), bytesOf(raised));
      expect(await verdict(key.modulus, message, again)).toBe(false);
    }
  });

  test('two requests for one message have nothing in common', async () => {
    const issuer = await importIssuerKey(key.modulus);
    const [one, two] = [await requestCertificate(issuer, message), await requestCertificate(issuer, message)];
    for (const part of ['prefix', 'blinded', 'inverse'] as const) expect(one[part]).not.toEqual(two[part]);
  });

  test('the device refuses an answer of another issuer, a changed one, and one of another length', async () => {
    const issuer = await importIssuerKey(key.modulus);
    const request = await requestCertificate(issuer, message);
    const answer = signBlinded(key, request.blinded);
    const altered = answer.with(255, answer[255]! ^ 1);
    const foreign = bytesOf(number(answer) / 2n);
    for (const wrong of [foreign, altered, answer.subarray(1)]) {
      await expect(finishCertificate(issuer, message, request, wrong)).rejects.toThrow(
        code('blind-signature-invalid'),
      );
    }
  });
});

describe('the issuer', () => {
  let key: IssuerKey;
  beforeAll(async () => {
    key = await newIssuerKey();
  });

  test('answers the root of what it is asked, the same for the same', () => {
    const blinded = bytesOf(number(hexToBytes(key.modulus)) - 2n);
    const answer = signBlinded(key, blinded);
    expect(power(number(answer), 65537n, number(hexToBytes(key.modulus)))).toBe(number(blinded));
    expect(signBlinded(key, blinded)).toEqual(answer);
  });

  test('refuses blinded messages that are not 256 bytes', () => {
    for (const length of [0, 32, 255, 257, 512]) {
      expect(() => signBlinded(key, new Uint8Array(length).fill(9))).toThrow(code('blinded-wrong-length'));
    }
  });

  test('refuses blinded messages that are not between 2 and the modulus − 2', () => {
    const n = number(hexToBytes(key.modulus));
    for (const value of [0n, 1n, n - 1n, n, n + 5n, 2n ** 2048n - 1n]) {
      expect(() => signBlinded(key, bytesOf(value))).toThrow(code('blinded-out-of-range'));
    }
  });

  test('lets no signature out that does not verify', async () => {
    const { publicKey } = await newIssuerKey();
    const blinded = bytesOf(12345n);
    expect(() => signBlinded({ ...key, publicKey }, blinded)).toThrow(code('signing-failed'));
  });

  test('its key survives custody, and other keys are refused', () => {
    expect(importIssuerKeyPair(exportIssuerKey(key)).modulus).toBe(key.modulus);
    const pem = (pair: { privateKey: { export(o: object): string | Buffer } }) =>
      pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const unsuitable = [
      'no key',
      pem(generateKeyPairSync('ed25519')),
      pem(generateKeyPairSync('rsa', { modulusLength: 1024 })),
      pem(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })),
      pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 })),
    ];
    for (const text of unsuitable)
      expect(() => importIssuerKeyPair(text)).toThrow(code('issuer-key-unsuitable'));
  });
});
