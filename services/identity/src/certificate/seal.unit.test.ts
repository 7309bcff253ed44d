import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openCertificate, sealCertificate } from './seal.ts';

const certificate = { serial: 'a'.repeat(64), signature: 'b'.repeat(128), keyId: 'key' };
const secret = randomBytes(32).toString('hex');
const place = { pollId: 'pol-1', personId: 'per-1' };

describe('a sealed certificate', () => {
  it('opens under its secret only, and only in its place', () => {
    const sealed = sealCertificate(certificate, secret, place);
    expect(openCertificate(sealed, secret, place)).toEqual(certificate);
    expect(openCertificate(sealed, randomBytes(32).toString('hex'), place)).toBeNull();
    expect(openCertificate(sealed, secret, { ...place, personId: 'per-2' })).toBeNull();
    expect(openCertificate(sealed, secret, { ...place, pollId: 'pol-2' })).toBeNull();
  });

  it('shows nothing of the certificate and never repeats itself', () => {
    const [first, second] = [
      sealCertificate(certificate, secret, place),
      sealCertificate(certificate, secret, place),
    ];
    expect(first.equals(second)).toBe(false);
    expect(first.includes(Buffer.from(certificate.serial))).toBe(false);
  });

  it('opens no more once a byte was changed', () => {
    const sealed = sealCertificate(certificate, secret, place);
    for (let at = 0; at < sealed.length; at += 7) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(openCertificate(changed, secret, place)).toBeNull();
    }
  });
});
